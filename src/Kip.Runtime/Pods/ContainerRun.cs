using Kip.Runtime.Logs;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Pods;

/// <summary>One run of a container's process.</summary>
/// <param name="Process">The process.</param>
/// <param name="Log">What it writes.</param>
/// <param name="Start">What was started; exec probes run in the same surroundings.</param>
/// <param name="Probing">Ends its probes.</param>
internal sealed record ContainerRun(RunningProcess Process, ContainerLog Log, ProcessStart Start, CancellationTokenSource Probing);
