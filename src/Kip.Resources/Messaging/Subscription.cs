using Kip.Resources.Duck;

namespace Kip.Resources.Messaging;

/// <summary>Has a channel's events delivered to a subscriber, and its replies sent on.</summary>
public sealed record Subscription : Resource<SubscriptionSpec, SubscriptionStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "messaging.knative.dev", Version = "v1", Kind = "Subscription", Plural = "subscriptions", Singular = "subscription",
        Namespaced = true, ShortNames = ["sub"], Categories = ["all", "knative", "messaging"], HasStatus = true,
        ClrType = typeof(Subscription),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record SubscriptionSpec
{
    public KReference Channel { get; init => field = value ?? new(); } = new();
    public Destination? Subscriber { get; init; }
    public Destination? Reply { get; init; }
    public DeliverySpec? Delivery { get; init; }
}

public sealed record SubscriptionStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public PhysicalSubscription? PhysicalSubscription { get; init; }
    public AuthStatus? Auth { get; init; }
}

/// <summary>A Subscription with its references resolved.</summary>
public sealed record PhysicalSubscription
{
    public string? SubscriberUri { get; init; }
    public string? SubscriberCACerts { get; init; }
    public string? SubscriberAudience { get; init; }
    public string? ReplyUri { get; init; }
    public string? ReplyCACerts { get; init; }
    public string? ReplyAudience { get; init; }
    public string? DeadLetterSinkUri { get; init; }
    public string? DeadLetterSinkCACerts { get; init; }
    public string? DeadLetterSinkAudience { get; init; }
}
