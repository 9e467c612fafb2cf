using Kip.Resources.Core;
using Kip.Resources.Duck;

namespace Kip.Resources.Flows;

/// <summary>A chain of steps: each gets the reply of the one before.</summary>
public sealed record Sequence : Resource<SequenceSpec, SequenceStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "flows.knative.dev", Version = "v1", Kind = "Sequence", Plural = "sequences", Singular = "sequence", Namespaced = true,
        Categories = ["all", "knative", "flows"], HasStatus = true, ClrType = typeof(Sequence),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record SequenceSpec
{
    public ValueList<SequenceStep> Steps { get; init; }
    public ChannelTemplateSpec? ChannelTemplate { get; init; }

    /// <summary>Where the last step's reply goes.</summary>
    public Destination? Reply { get; init; }
}

/// <summary>One step: a destination, and how events are delivered to it.</summary>
public sealed record SequenceStep : Destination
{
    public DeliverySpec? Delivery { get; init; }
}

public sealed record SequenceStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public Addressable? Address { get; init; }
    public ValueList<Addressable> Addresses { get; init; }
    public ValueList<FlowSubscriptionStatus> SubscriptionStatuses { get; init; }
    public ValueList<FlowChannelStatus> ChannelStatuses { get; init; }
    public AuthStatus? Auth { get; init; }
    public ValueList<AppliedEventPolicy> Policies { get; init; }
}

/// <summary>A Subscription that a flow is made of, and whether it is ready.</summary>
public sealed record FlowSubscriptionStatus
{
    public ObjectReference? Subscription { get; init; }
    public Condition? Ready { get; init; }
}

/// <summary>A channel that a flow is made of, and whether it is ready.</summary>
public sealed record FlowChannelStatus
{
    public ObjectReference? Channel { get; init; }
    public Condition? Ready { get; init; }
}
