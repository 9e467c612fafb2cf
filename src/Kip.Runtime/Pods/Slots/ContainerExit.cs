using Kip.Runtime.Processes;

namespace Kip.Runtime.Pods.Slots;

/// <summary>How one run of a container ended.</summary>
/// <param name="Code">Its exit code, or 128 + the signal that ended it.</param>
/// <param name="Signal">The signal that ended it, or 0 where it is not known.</param>
/// <param name="At">When that was seen.</param>
/// <param name="Reason">The kubelet's word for it where the code alone does not tell: <c>OOMKilled</c>, <c>StartError</c>.</param>
/// <param name="Message">What more is known.</param>
internal sealed record ContainerExit(int Code, int Signal, DateTimeOffset At, string? Reason = null, string? Message = null)
{
    public static ContainerExit Of(ProcessExit exit) => new(exit.Code, exit.Signal, exit.At);
}
