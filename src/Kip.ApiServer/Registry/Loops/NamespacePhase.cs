namespace Kip.ApiServer.Registry.Loops;

/// <summary>The two phases of a namespace.</summary>
internal static class NamespacePhase
{
    public const string Active = "Active";
    public const string Terminating = "Terminating";
}
