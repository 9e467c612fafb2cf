using Kip.Brokers.Records;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Sending;

/// <summary>One attempt to send an event somewhere.</summary>
internal readonly record struct EventRequest
{
    public required DeliveryTarget Target { get; init; }

    public required StoredEvent Event { get; init; }

    /// <summary>The namespace of whoever sends.</summary>
    public required string Namespace { get; init; }

    public DeliveryFormat Format { get; init; }

    /// <summary>Whether a reply is welcome.</summary>
    public bool PreferReply { get; init; }

    /// <summary>Whether the time to live goes along: to brokers and dead letter sinks, not to subscribers.</summary>
    public bool KeepsTimeToLive { get; init; }

    /// <summary>For a dead letter: why it is one.</summary>
    public DeliveryFailure? Failure { get; init; }

    public TimeSpan Timeout { get; init; }
}
