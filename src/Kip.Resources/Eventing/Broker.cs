using Kip.Resources.Duck;

namespace Kip.Resources.Eventing;

/// <summary>Takes events in and hands each to the Triggers whose filter it passes.</summary>
public sealed record Broker : Resource<BrokerSpec, BrokerStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "eventing.knative.dev", Version = "v1", Kind = "Broker", Plural = "brokers", Singular = "broker", Namespaced = true,
        Categories = ["all", "knative", "eventing"], HasStatus = true, ClrType = typeof(Broker),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record BrokerSpec
{
    public KReference? Config { get; init; }
    public DeliverySpec? Delivery { get; init; }
}

public sealed record BrokerStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public Addressable? Address { get; init; }
    public ValueList<Addressable> Addresses { get; init; }
    public string? DeadLetterSinkUri { get; init; }
    public string? DeadLetterSinkCACerts { get; init; }
    public string? DeadLetterSinkAudience { get; init; }
    public ValueList<AppliedEventPolicy> Policies { get; init; }
}
