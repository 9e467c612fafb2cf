using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Subscriptions;

/// <summary>What the Subscription planner sees.</summary>
public sealed record SubscriptionView
{
    public required Subscription Subscription { get; init; }

    /// <summary>The Channel that is referred to, when it is one; null otherwise, or when there is none.</summary>
    public Channel? Channel { get; init; }

    /// <summary>The channel that does the work: the one referred to, or the one behind <see cref="Channel"/>. Null when there is none.</summary>
    public InMemoryChannel? Backing { get; init; }

    /// <summary>What subscriber, reply and dead letter sink refer to.</summary>
    public Referents Referents { get; init; } = Referents.None;

    /// <summary>Whether every event for this Subscription has been delivered or has become a dead letter.</summary>
    public bool IsDrained { get; init; }
    public required DateTimeOffset Now { get; init; }
}
