using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Destinations;

namespace Kip.Rules.Eventing.Channels;

/// <summary>What the InMemoryChannel planner sees.</summary>
public sealed record InMemoryChannelView
{
    public required InMemoryChannel Channel { get; init; }

    /// <summary>The Service that gives the channel its name on the network, whoever owns it; null when there is none.</summary>
    public Service? Service { get; init; }

    /// <summary>The Subscriptions to this channel, directly or through a Channel, in any order.</summary>
    public ValueList<Subscription> Subscriptions { get; init; }

    /// <summary>What the dead letter sink refers to.</summary>
    public Referents Referents { get; init; } = Referents.None;

    /// <summary>Whether the Service by which events come in to channels exists.</summary>
    public bool HasDispatcherService { get; init; }

    /// <summary>Whether that Service has an endpoint.</summary>
    public bool IsDispatcherUp { get; init; }

    /// <summary>Whether the data plane takes events in for this channel.</summary>
    public bool IsServed { get; init; }

    /// <summary>Where the data plane delivers the events of each Subscription, by uid, as far as it does.</summary>
    public StringMap ServedUris { get; init; }

    /// <summary>Whether the data plane runs in another process, so that it cannot be asked.</summary>
    public bool IsServedElsewhere { get; init; }

    /// <summary>Whether every event of this channel has been delivered or has become a dead letter.</summary>
    public bool IsDrained { get; init; }
    public required DateTimeOffset Now { get; init; }
}
