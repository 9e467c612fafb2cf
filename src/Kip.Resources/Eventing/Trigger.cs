using Kip.Resources.Duck;

namespace Kip.Resources.Eventing;

/// <summary>Has a Broker's events that pass a filter delivered to a subscriber.</summary>
public sealed record Trigger : Resource<TriggerSpec, TriggerStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "eventing.knative.dev", Version = "v1", Kind = "Trigger", Plural = "triggers", Singular = "trigger", Namespaced = true,
        Categories = ["all", "knative", "eventing"], HasStatus = true, ClrType = typeof(Trigger),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record TriggerSpec
{
    public string? Broker { get; init; }

    /// <summary>Instead of <see cref="Broker"/>: a Broker that may live in another namespace.</summary>
    public KReference? BrokerRef { get; init; }
    public TriggerFilter? Filter { get; init; }

    /// <summary>All must pass; when there are any, <see cref="Filter"/> does not count.</summary>
    public ValueList<SubscriptionsApiFilter> Filters { get; init; }
    public Destination Subscriber { get; init => field = value ?? new(); } = new();
    public DeliverySpec? Delivery { get; init; }
}

/// <summary>The older filter: attributes that must have exactly these values; the empty value stands for any.</summary>
public sealed record TriggerFilter
{
    public StringMap Attributes { get; init; }
}

/// <summary>A filter of CloudEvents' Subscriptions API: one dialect is set; none lets everything pass.</summary>
public sealed record SubscriptionsApiFilter
{
    public ValueList<SubscriptionsApiFilter> All { get; init; }
    public ValueList<SubscriptionsApiFilter> Any { get; init; }
    public SubscriptionsApiFilter? Not { get; init; }
    public StringMap Exact { get; init; }
    public StringMap Prefix { get; init; }
    public StringMap Suffix { get; init; }
    public string? Cesql { get; init; }
}

public sealed record TriggerStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public string? SubscriberUri { get; init; }
    public string? SubscriberCACerts { get; init; }
    public string? SubscriberAudience { get; init; }
    public string? DeadLetterSinkUri { get; init; }
    public string? DeadLetterSinkCACerts { get; init; }
    public string? DeadLetterSinkAudience { get; init; }
    public AuthStatus? Auth { get; init; }
}
