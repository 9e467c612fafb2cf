using Kip.Resources.Duck;

namespace Kip.Resources.Flows;

/// <summary>Branches side by side: each filters the events, then hands them to its subscriber.</summary>
public sealed record Parallel : Resource<ParallelSpec, ParallelStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "flows.knative.dev", Version = "v1", Kind = "Parallel", Plural = "parallels", Singular = "parallel", Namespaced = true,
        Categories = ["all", "knative", "flows"], HasStatus = true, ClrType = typeof(Parallel),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ParallelSpec
{
    public ValueList<ParallelBranch> Branches { get; init; }
    public ChannelTemplateSpec? ChannelTemplate { get; init; }

    /// <summary>Where replies go of branches that have no reply of their own.</summary>
    public Destination? Reply { get; init; }
}

/// <summary>One branch: an event passes when the filter answers with an event, and that one is what the subscriber gets.</summary>
public sealed record ParallelBranch
{
    public Destination? Filter { get; init; }
    public Destination Subscriber { get; init => field = value ?? new(); } = new();
    public Destination? Reply { get; init; }

    /// <summary>Of the subscriber only.</summary>
    public DeliverySpec? Delivery { get; init; }
}

public sealed record ParallelStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public Addressable? Address { get; init; }
    public ValueList<Addressable> Addresses { get; init; }
    public FlowChannelStatus? IngressChannelStatus { get; init; }
    public ValueList<ParallelBranchStatus> BranchStatuses { get; init; }
    public AuthStatus? Auth { get; init; }
    public ValueList<AppliedEventPolicy> Policies { get; init; }
}

/// <summary>What a branch is made of.</summary>
public sealed record ParallelBranchStatus
{
    public FlowSubscriptionStatus? FilterSubscriptionStatus { get; init; }
    public FlowChannelStatus? FilterChannelStatus { get; init; }
    public FlowSubscriptionStatus? SubscriberSubscriptionStatus { get; init; }
}
