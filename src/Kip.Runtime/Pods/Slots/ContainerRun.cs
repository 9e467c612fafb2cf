using Kip.Resources;
using Kip.Runtime.Logs;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Pods.Slots;

/// <summary>One run of a container: it can be asked to end, killed, entered, and waited for.</summary>
/// <param name="log">What it writes.</param>
internal abstract class ContainerRun(ContainerLog log)
{
    public ContainerLog Log => log;

    /// <summary>Cancelled when its probes are to end.</summary>
    public CancellationTokenSource Probing { get; } = new();

    /// <summary>Who runs it, and under which name there: <c>process://4711</c>.</summary>
    public abstract string Id { get; }

    /// <summary>What its image turned out to be.</summary>
    public abstract string ImageId { get; }

    /// <summary>The process that Kip started and watches.</summary>
    public abstract RunningProcess Process { get; }

    public DateTimeOffset StartedAt => Process.StartedAt;

    /// <summary>Completes when nothing of it runs any more.</summary>
    public abstract Task<ContainerExit> Exited { get; }

    /// <summary>Asks it to end: SIGTERM, or what its image names instead.</summary>
    public abstract void Terminate();

    /// <summary>Ends all of it at once.</summary>
    public abstract void Kill();

    /// <summary>Runs another program in its surroundings: an exec probe, or <c>kubectl exec</c>. Killing it ends all that it has started.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="streams">Where its input comes from and its output goes.</param>
    /// <param name="cancel">Gives up before it was started.</param>
    /// <exception cref="ProcessStartException">There is no such program.</exception>
    public abstract Task<RunningProcess> ExecAsync(ValueList<string> command, ProcessStreams streams, CancellationToken cancel);
}
