using System.Buffers;
using System.Runtime.CompilerServices;
using Kip.Brokers.EventTypes;
using Kip.Brokers.Http.Plain;
using Kip.Brokers.Records;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.CloudEvents;
using Kip.Log;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers;

/// <summary>The way in for events, whoever sends them: clients over HTTP, subscribers with their replies, channels with theirs.</summary>
/// <remarks>
/// The flow of an event: received → checked (here) → appended to its topic's log → on disk → acknowledged (the caller) → offered to each
/// subscription (<see cref="Topic.Published"/>) → delivered, tried again, dead-lettered (<c>Subscriptions/</c>) → a reply comes in here again.
/// </remarks>
internal sealed class Ingress(TopicTable topics, Traces traces, Instruments instruments, EventTypeDiscovery eventTypes, Random traceIds, TimeProvider time)
{
    // Buffers for one event at a time; each thread has its own.
    [ThreadStatic]
    private static RecordWriter? _writer;

    /// <summary>Takes in the events of one message, all or, when the disk refuses in the middle, those before.</summary>
    /// <param name="headers">The message's headers.</param>
    /// <returns>202 when all are on disk: then tell the sender, and call <see cref="Topic.Published"/>.</returns>
    public async ValueTask<IngressAnswer> AcceptAsync(
        Topic topic, IReadOnlyList<CloudEvent> events, IEnumerable<KeyValuePair<string, string>> headers, bool structured)
    {
        var began = time.GetTimestamp();
        var travelling = TravellingHeaders.Of(headers, out var parent);
        var span = Spans.Receive(topic.Key, events, parent, travelling);
        travelling.Add(new(TraceContext.Parent, span?.Id ?? parent ?? TraceContext.New(traceIds)));
        var answer = await TryAcceptAsync(topic, events, travelling, structured);
        Spans.Received(span, answer);
        if (answer.Status != 202)
        {
            instruments.Refused(topic.Key, answer.Status);
            return answer;
        }
        foreach (var accepted in events)
        {
            instruments.Accepted(topic.Key, accepted.Type, time.GetElapsedTime(began), 202);
            eventTypes.Saw(topic.Key.Definition, topic.Key.Name, topic.Uid, accepted);
        }
        return answer;
    }

    /// <summary>Whether there is anybody who wants to see more of an event than its record.</summary>
    public bool IsWatched => Spans.AreMade || eventTypes.IsOn;

    /// <summary>Makes the record of a plain event.</summary>
    public StoredEvent Store(Topic topic, PlainEvent plain, in ReadOnlySequence<byte> input) => plain.Store(
        input, topic.Key.Kind == TopicKind.Broker ? TimeToLive.Next(null) : 0, TraceContext.New(traceIds), time.GetUtcNow());

    /// <summary>Takes in one event whose record has been made.</summary>
    /// <returns>As from the other.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<IngressAnswer> AcceptAsync(Topic topic, StoredEvent stored, string id, string source, string type)
    {
        var began = time.GetTimestamp();
        IngressAnswer answer;
        try
        {
            var kept = topic.AppendAsync(stored);
            traces.Received(topic.Key, stored, id, source, type);
            await kept;
            answer = Kept(topic);
        }
        catch (Exception failure) when (IsRefusal(topic, failure, out answer))
        {
            // What is to be said is in the answer.
        }
        if (answer.Status == 202) instruments.Accepted(topic.Key, type, time.GetElapsedTime(began), 202);
        else instruments.Refused(topic.Key, answer.Status);
        return answer;
    }

    private async ValueTask<IngressAnswer> TryAcceptAsync(
        Topic topic, IReadOnlyList<CloudEvent> events, IReadOnlyList<KeyValuePair<string, string>> headers, bool structured)
    {
        // 1. A chain of events that has passed too often ends here.
        foreach (var offered in events)
            if (topic.Key.Kind == TopicKind.Broker && NextTimeToLive(offered) == 0)
                return new(400, $"the event has passed this broker too often ({TimeToLive.Extension} is used up): replies seem to go in a circle");
        // 2. No more than the log may hold.
        if (topic.IsFull) return new(429, "the log of events is full, and events in it are still to be delivered", RetryAfter: 5);
        IngressAnswer answer;
        try
        {
            // 3. Its place in the order, and on disk.
            var last = default(ValueTask);
            for (var i = 0; i < events.Count; i++)
            {
                var stored = Write(topic, events[i], headers, structured);
                last = topic.AppendAsync(stored);
                traces.Received(topic.Key, stored, events[i].Id, events[i].Source, events[i].Type);
            }
            await last;
            return Kept(topic);
        }
        catch (Exception failure) when (IsRefusal(topic, failure, out answer))
        {
            return answer;
        }
    }

    // The Broker or channel may go at this moment, and what is in its log with it.
    private static IngressAnswer Kept(Topic topic) => topic.IsSealed ? IngressAnswer.Unknown(topic.Key) : IngressAnswer.Accepted;

    private bool IsRefusal(Topic topic, Exception failure, out IngressAnswer answer)
    {
        answer = failure switch
        {
            RecordTooLargeException => new(413, failure.Message),
            LogBusyException => new(429, failure.Message, RetryAfter: 1),
            LogException => new(503, failure.Message, RetryAfter: 10),
            IOException or UnauthorizedAccessException => new(503, $"the log of events cannot be written: {failure.Message}", RetryAfter: 10),
            ObjectDisposedException when topics.TryGet(topic.Key, out _) => new(503, "the broker is being stopped", RetryAfter: 1),
            ObjectDisposedException => IngressAnswer.Unknown(topic.Key),
            _ => default,
        };
        return answer.Status != 0;
    }

    private StoredEvent Write(Topic topic, CloudEvent offered, IReadOnlyList<KeyValuePair<string, string>> headers, bool structured)
    {
        var writer = _writer ??= new();
        return writer.Write(offered, headers, structured, topic.Key.Kind == TopicKind.Broker ? NextTimeToLive(offered) : 0, time.GetUtcNow());
    }

    private static int NextTimeToLive(CloudEvent offered) =>
        TimeToLive.Next(offered.TryGetExtension(TimeToLive.Extension, out var left) ? left.ToString() : null);
}

/// <summary>What the sender of events is told.</summary>
/// <param name="Status">202: they are on disk. All else: not accepted, or, with 503, perhaps; sending again is right.</param>
/// <param name="Reason">What was wrong, in one sentence.</param>
/// <param name="RetryAfter">Seconds after which trying again makes sense; 0: it does not say.</param>
internal readonly record struct IngressAnswer(int Status, string? Reason = null, int RetryAfter = 0)
{
    public static readonly IngressAnswer Accepted = new(202);

    public static IngressAnswer Unknown(TopicKey topic) => new(404, $"there is no {topic}");
}
