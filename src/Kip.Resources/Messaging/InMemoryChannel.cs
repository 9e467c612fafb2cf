using Kip.Resources.Duck;

namespace Kip.Resources.Messaging;

/// <summary>Hands every event to all its subscribers. In Kip it is as durable as a Broker; the name is Knative's.</summary>
public sealed record InMemoryChannel : Resource<InMemoryChannelSpec, InMemoryChannelStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "messaging.knative.dev", Version = "v1", Kind = "InMemoryChannel", Plural = "inmemorychannels",
        Singular = "inmemorychannel", Namespaced = true, ShortNames = ["imc"], Categories = ["all", "knative", "messaging", "channel"],
        HasStatus = true, ClrType = typeof(InMemoryChannel),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record InMemoryChannelSpec
{
    /// <summary>Written by the controller of Subscriptions only.</summary>
    public ValueList<SubscriberSpec> Subscribers { get; init; }
    public DeliverySpec? Delivery { get; init; }
}

public sealed record InMemoryChannelStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public Addressable? Address { get; init; }
    public ValueList<Addressable> Addresses { get; init; }
    public ValueList<SubscriberStatus> Subscribers { get; init; }
    public string? DeadLetterSinkUri { get; init; }
    public string? DeadLetterSinkCACerts { get; init; }
    public string? DeadLetterSinkAudience { get; init; }
    public ValueList<AppliedEventPolicy> Policies { get; init; }
}
