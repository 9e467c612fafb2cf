using Kip.Brokers.Topics;
using Kip.Resources;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Tracing;

/// <summary>What happened to an event.</summary>
internal enum TraceStepKind
{
    Received,
    Matched,
    Attempt,
    Stored,
}

/// <summary>One step of an event's way.</summary>
internal readonly record struct TraceStep
{
    public TraceStepKind Kind { get; init; }
    public DateTimeOffset Time { get; init; }
    public TopicKey Topic { get; init; }
    public ulong Offset { get; init; }

    /// <summary>For <see cref="TraceStepKind.Received"/>.</summary>
    public string? EventId { get; init; }
    public string? EventSource { get; init; }
    public string? EventType { get; init; }

    /// <summary>The Trigger or Subscription; for all but <see cref="TraceStepKind.Received"/>.</summary>
    public NamespacedName Subscription { get; init; }

    /// <summary>For <see cref="TraceStepKind.Attempt"/>.</summary>
    public DeliveryStage Stage { get; init; }
    public int Attempt { get; init; }
    public string? Destination { get; init; }
    public int Status { get; init; }
    public TimeSpan Took { get; init; }

    /// <summary>In stage <see cref="DeliveryStage.Reply"/>: the id of the event that was the answer.</summary>
    public string? ReplyId { get; init; }
}
