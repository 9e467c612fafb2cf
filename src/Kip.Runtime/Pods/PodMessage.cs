using Kip.Resources.Core;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Probes;

namespace Kip.Runtime.Pods;

/// <summary>Something a pod's worker must react to.</summary>
internal abstract record PodMessage
{
    private PodMessage() { }

    /// <summary>The pod as the API has it now.</summary>
    public sealed record Seen(Pod Pod) : PodMessage;

    /// <summary>The pod is no longer in the API, without the worker having ended it.</summary>
    public sealed record Gone : PodMessage;

    /// <summary>A container's process has ended.</summary>
    public sealed record Exited(ContainerSlot Slot, ContainerRun Run, ContainerExit Exit) : PodMessage;

    /// <summary>A probe of a container has come to a verdict.</summary>
    public sealed record Judged(ContainerSlot Slot, ContainerRun Run, ProbeKind Kind, ProbeAnswer Answer) : PodMessage;

    /// <summary>The time has come to start a container (again).</summary>
    public sealed record StartDue(ContainerSlot Slot) : PodMessage;

    /// <summary>What a container needs is there, or cannot be had.</summary>
    public sealed record Fetched(ContainerSlot Slot, ContainerSetupException? Failure) : PodMessage;

    /// <summary>The status could not be written; try again.</summary>
    public sealed record WriteDue : PodMessage;

    /// <summary>The platform stops.</summary>
    public sealed record Stop : PodMessage;

    /// <summary>The pod has run for its <c>activeDeadlineSeconds</c>.</summary>
    public sealed record Expired : PodMessage;

    /// <summary>The pod uses more of the disk than it may.</summary>
    public sealed record Evicted(string Why) : PodMessage;

    /// <summary>What still runs is to be killed.</summary>
    public sealed record Hurry : PodMessage;

    /// <summary>All processes have ended because they were asked to.</summary>
    public sealed record Ended : PodMessage;
}
