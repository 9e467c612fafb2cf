using Kip.Brokers.Records;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Tracing;

/// <summary>The newest steps of events' ways, in memory: what <c>kip events trace</c> shows.</summary>
/// <remarks>Bounded: under load the oldest steps are forgotten after <see cref="Capacity"/> newer ones; a restart forgets all.</remarks>
internal sealed class Traces(TimeProvider time)
{
    public const int Capacity = 16_384;

    // Grown on demand: an idle platform keeps none.
    private const int FirstSlots = 1024;

    private readonly Lock _lock = new();
    private TraceStep[] _steps = [];
    private long _count;

    public void Received(TopicKey topic, StoredEvent stored, string id, string source, string type) => Add(new()
    {
        Kind = TraceStepKind.Received, Topic = topic, Offset = stored.Offset, EventId = id, EventSource = source, EventType = type,
    });

    public void Matched(TopicKey topic, ulong offset, SubscriptionSpec spec) =>
        Add(new() { Kind = TraceStepKind.Matched, Topic = topic, Offset = offset, Subscription = spec.Name });

    public void Attempted(TopicKey topic, ulong offset, SubscriptionSpec spec, Delivery delivery, string destination, int status, TimeSpan took) => Add(new()
    {
        Kind = TraceStepKind.Attempt, Topic = topic, Offset = offset, Subscription = spec.Name, Stage = delivery.Stage, Attempt = delivery.Attempts,
        Destination = destination, Status = status, Took = took,
        ReplyId = delivery is { Stage: DeliveryStage.Reply, Reply: StoredEvent reply } ? reply.Event.Id : null,
    });

    public void Stored(TopicKey topic, ulong offset, SubscriptionSpec spec, int status) =>
        Add(new() { Kind = TraceStepKind.Stored, Topic = topic, Offset = offset, Subscription = spec.Name, Status = status });

    /// <summary>The steps of every event with this id, in the order in which they happened.</summary>
    public IReadOnlyList<TraceStep> Of(string eventId)
    {
        lock (_lock)
        {
            var all = new List<TraceStep>();
            var events = new HashSet<(TopicKey, ulong)>();
            var first = Math.Max(0, _count - _steps.Length);
            for (var at = first; at < _count; at++)
            {
                ref readonly var step = ref _steps[at % _steps.Length];
                if (step.EventId == eventId) events.Add((step.Topic, step.Offset));
            }
            for (var at = first; at < _count && events.Count > 0; at++)
            {
                ref readonly var step = ref _steps[at % _steps.Length];
                if (events.Contains((step.Topic, step.Offset))) all.Add(step);
            }
            return all;
        }
    }

    private void Add(in TraceStep step)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_count == _steps.Length && _count < Capacity) Array.Resize(ref _steps, Math.Max(FirstSlots, _steps.Length * 2));
            _steps[_count++ % _steps.Length] = step with { Time = now };
        }
    }
}
