using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Quotas;

namespace Kip.Rules.Scheduling;

/// <summary>What a node has for pods, and whether one could ever run there (the part of Kubernetes' NodeResourcesFit that holds for an empty node).</summary>
/// <remarks>What other pods ask for is not counted: on one machine requests are kept and shown, and share nothing out.</remarks>
public sealed class NodeRoom
{
    /// <summary>The reason of the condition <c>PodScheduled</c>.</summary>
    public const string Unschedulable = "Unschedulable";

    private readonly StringMap _allocatable;

    /// <param name="allocatable">As in the Node's status; only <c>cpu</c> and <c>memory</c> count.</param>
    public NodeRoom(StringMap allocatable) => _allocatable = allocatable;

    // Read for the first pod: exact amounts are large numbers, which an idle platform does without.
    private (string Resource, Amount Room)[] Rooms =>
        field ??= [("cpu", Amount.Parse(_allocatable.Get("cpu"))), ("memory", Amount.Parse(_allocatable.Get("memory")))];

    /// <summary>Why the node cannot run such a pod, in the scheduler's words; null when it can.</summary>
    public string? Refusal(PodSpec spec)
    {
        List<string>? lacking = null;
        foreach (var (resource, room) in Rooms)
            if (PodAmounts.Of(spec, resource, limits: false) > room) (lacking ??= []).Add($"1 Insufficient {resource}");
        return lacking is null ? null
            : $"0/1 nodes are available: {string.Join(", ", lacking)}. "
            + "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    }
}
