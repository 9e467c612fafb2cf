using System.Text.Json;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.Client;
using Kip.Resources;
using Kip.Rules.Eventing.Delivery;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>The way that one event took.</summary>
internal sealed class TraceEndpoint(Traces traces, TopicTable topics)
{
    public Task AnswerAsync(HttpContext http, string eventId)
    {
        var steps = traces.Of(eventId);
        var isComplete = steps.Count > 0;
        // Steps are forgotten before events are: then at least the event is found.
        if (!isComplete) steps = [.. topics.All.SelectMany(topic => InLog(topic, eventId))];
        if (steps.Count == 0) throw ApiException.Of(404, StatusReason.NotFound, $"no event with the id \"{eventId}\" is kept");
        return JsonLines.WriteAsync(http, json =>
        {
            json.WriteBoolean("complete"u8, isComplete);
            json.WriteStartArray("steps"u8);
            foreach (var step in steps) Write(json, step);
            json.WriteEndArray();
        });
    }

    private static IEnumerable<TraceStep> InLog(Topic topic, string eventId)
    {
        if (!topic.Log.Exists) yield break;
        using var reader = topic.Log.Read(0);
        while (reader.TryRead(out var record))
        {
            var stored = TopicLog.Copy(record);
            if (stored.Event.Id != eventId) continue;
            yield return new()
            {
                Kind = TraceStepKind.Received, Time = stored.Head.Arrival, Topic = topic.Key, Offset = stored.Offset, EventId = eventId,
                EventSource = stored.Event.Source, EventType = stored.Event.Type,
            };
        }
    }

    private static void Write(Utf8JsonWriter json, in TraceStep step)
    {
        json.WriteStartObject();
        json.WriteString("step"u8, step.Kind switch
        {
            TraceStepKind.Received => "received",
            TraceStepKind.Matched => "matched",
            TraceStepKind.Attempt => "attempt",
            _ => "stored",
        });
        json.WriteString("time"u8, step.Time);
        json.WriteTopic(step.Topic);
        json.WriteNumber("offset"u8, step.Offset);
        if (step.Kind == TraceStepKind.Received)
        {
            json.WriteString("eventId"u8, step.EventId);
            json.WriteString("eventSource"u8, step.EventSource);
            json.WriteString("eventType"u8, step.EventType);
        }
        else json.WriteName(step.Subscription);
        if (step.Kind == TraceStepKind.Attempt) WriteAttempt(json, step);
        if (step.Kind is TraceStepKind.Attempt or TraceStepKind.Stored) json.WriteNumber("status"u8, step.Status);
        json.WriteEndObject();
    }

    private static void WriteAttempt(Utf8JsonWriter json, in TraceStep step)
    {
        json.WriteString("stage"u8, step.Stage switch
        {
            DeliveryStage.Subscriber => "subscriber",
            DeliveryStage.Reply => "reply",
            _ => "dead-letter-sink",
        });
        json.WriteNumber("attempt"u8, step.Attempt);
        json.WriteString("destination"u8, step.Destination);
        json.WriteNumber("milliseconds"u8, Math.Round(step.Took.TotalMilliseconds, 3));
        if (step.ReplyId is not null) json.WriteString("replyId"u8, step.ReplyId);
    }
}
