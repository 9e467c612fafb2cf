namespace Kip.Testing.Programs;

/// <summary>Finds the processes that a platform started, by what proc(5) says of them.</summary>
public static class ChildProcesses
{
    /// <summary>The ids of the processes whose environment holds all these settings.</summary>
    public static IReadOnlyList<int> With(params string[] settings) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(static name => int.TryParse(name, out _)).Select(static name => int.Parse(name!)).Where(id => Has(id, settings))];

    /// <summary>Those among them that this platform started, and none of another one on the machine.</summary>
    public static IReadOnlyList<int> Of(KipProgram kip, params ReadOnlySpan<string> settings)
    {
        var runtime = File.ReadAllText(Path.Combine(kip.Data, "runtime-id")).Trim();
        return With([.. settings, $"KIP_RUNTIME={runtime}"]);
    }

    private static bool Has(int processId, string[] settings)
    {
        try
        {
            var environment = File.ReadAllText($"/proc/{processId}/environ").Split('\0');
            return settings.All(environment.Contains);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
