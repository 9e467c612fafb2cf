namespace Kip.Host.CommandLine;

/// <summary>Ends a command with one clear sentence on stderr and an exit code that is not 0.</summary>
public sealed class CommandFailure(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
