using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Runtime.Pods.Slots;

/// <summary>A pod's containers and the order in which they start: init containers one after the other, then all others at once.</summary>
internal sealed class PodContainers
{
    public PodContainers(PodHost host, IPodSandbox sandbox, Pod pod, Action<PodMessage> post)
    {
        // What init containers prepared is not to be relied upon after a restart: they run again, as the kubelet's do in a new sandbox.
        Init = [.. pod.Spec.InitContainers.Select(c => new ContainerSlot(
            host, sandbox, c, RestartRules.OfInit(c, pod.Spec.RestartPolicy),
            Again(RestartRules.AfterPlatformRestart(c, Stored(pod.Status.InitContainerStatuses, c))), post))];
        Main = [.. pod.Spec.Containers.Select(c => new ContainerSlot(
            host, sandbox, c, pod.Spec.RestartPolicy, Initializing(RestartRules.AfterPlatformRestart(c, Stored(pod.Status.ContainerStatuses, c))), post))];
        All = [.. Init, .. Main];
    }

    public ImmutableArray<ContainerSlot> Init { get; }

    public ImmutableArray<ContainerSlot> Main { get; }

    public ImmutableArray<ContainerSlot> All { get; }

    public bool AnyRuns => All.Any(static s => s.Run is not null);

    public ContainerRun[] Runs => [.. All.Select(static s => s.Run).OfType<ContainerRun>()];

    /// <summary>Those that may run now: the init containers up to the first that has not done its part, or all.</summary>
    public IEnumerable<ContainerSlot> MayRun()
    {
        foreach (var slot in Init)
        {
            yield return slot;
            var done = slot.Container.RestartPolicy == "Always" ? slot.Facts.Started : slot.HasSucceeded;
            if (!done) yield break;
        }
        foreach (var slot in Main) yield return slot;
    }

    private static ContainerStatus? Stored(ValueList<ContainerStatus> statuses, Container container) =>
        statuses.FirstOrDefault(s => s.Name == container.Name);

    private static ContainerFacts Again(ContainerFacts facts) => facts.State.Terminated is { ExitCode: 0 }
        ? facts with { LastState = facts.State, State = ContainerFacts.Waiting("PodInitializing") }
        : facts;

    private ContainerFacts Initializing(ContainerFacts facts) =>
        Init.IsEmpty || facts.State.Waiting is null ? facts : facts with { State = ContainerFacts.Waiting("PodInitializing") };
}
