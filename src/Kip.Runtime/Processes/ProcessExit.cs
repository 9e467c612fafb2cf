namespace Kip.Runtime.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code, or 128 + the signal that ended it, as shells and the kubelet count.</param>
/// <param name="Signal">The signal that ended it, or 0.</param>
/// <param name="At">When that was seen.</param>
public readonly record struct ProcessExit(int Code, int Signal, DateTimeOffset At)
{
    /// <summary>Reads a wait status (wait(2)).</summary>
    internal static ProcessExit FromWaitStatus(int status, DateTimeOffset at)
    {
        var signal = status & 0x7f;
        return signal == 0 ? new((status >> 8) & 0xff, 0, at) : new(128 + signal, signal, at);
    }
}
