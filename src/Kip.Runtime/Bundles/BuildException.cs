namespace Kip.Runtime.Bundles;

/// <summary>A directory could not be built. The message says why and what to do; what the tool wrote is kept apart.</summary>
public sealed class BuildException(string message, string output = "") : Exception(message)
{
    /// <summary>The end of what the failing tool wrote; empty when no tool failed.</summary>
    public string Output => output;
}
