using System.Diagnostics;
using Kip.Brokers.Records;
using Kip.Brokers.Tracing;
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

    /// <summary>The attempt's span: the next hop's parent.</summary>
    /// <value>Null: nobody traces, and the event's own context goes along untouched.</value>
    public Activity? Span { get; init; }

    /// <summary>The headers that go along, under the attempt's context.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => TravellingHeaders.Under(Span?.Id, RecordReader.Headers(Event));
}
