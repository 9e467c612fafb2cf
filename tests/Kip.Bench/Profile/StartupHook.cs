using Kip.Bench.Profile;

/// <summary>What the runtime calls before <c>Main</c> of a kip that is started with <c>DOTNET_STARTUP_HOOKS</c>: its name and place are the runtime's.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(EnteredMethods.File) is not { } file) return;
        // Programs that the platform starts have nothing to record.
        Environment.SetEnvironmentVariable(EnteredMethods.Hook, null);
        Environment.SetEnvironmentVariable(EnteredMethods.File, null);
        EnteredMethods.RecordTo(file);
    }
}
