using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Host.Events;

/// <summary>An event in a log, in the JSON format.</summary>
internal sealed record StoredEvent(long Offset, DateTimeOffset Time, JsonElement Event);

/// <summary>One event sent again, or, at last, how many were.</summary>
internal sealed record ReplayLine(long? Offset, string? Id, int? Status, long? Sent, long? Failed, bool Done);

internal sealed record SubscriptionName(string Namespace, string Name);

/// <summary>
/// An event that could be delivered nowhere. <c>Body</c> (base64: the last answer's) and <c>Event</c> only when one is shown.
/// </summary>
internal sealed record DeadLetterShown(
    string Id, SubscriptionName Subscription, long Offset, DateTimeOffset Time, int Attempts, string? Destination, int Status,
    string EventId, string EventType, string EventSource)
{
    public byte[]? Body { get; init; }

    public JsonElement? Event { get; init; }
}

internal sealed record DeadLetterList(IReadOnlyList<DeadLetterShown> DeadLetters);

internal sealed record Redriven(string Id, int Status, bool Delivered);

/// <summary>One step of an event's way; which fields it has depends on the step.</summary>
internal sealed record TraceStepShown(
    string Step, DateTimeOffset Time, string Kind, string Namespace, string Topic, long Offset, string? EventId, string? EventSource, string? EventType,
    SubscriptionName? Subscription, string? Stage, int? Attempt, string? Destination, int? Status, double? Milliseconds, string? ReplyId);

internal sealed record EventTrace(bool Complete, IReadOnlyList<TraceStepShown> Steps);

/// <summary>What <c>kip events send -o json</c> prints.</summary>
internal sealed record SentEvent(string Id, string To, int Status, JsonElement? Reply);

/// <summary>What a replay is asked to do.</summary>
internal sealed record ReplayOrder(string? From, string? To, string? Filter, string? Subscription, string? Sink, double? Rate);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredEvent))]
[JsonSerializable(typeof(ReplayLine))]
[JsonSerializable(typeof(ReplayOrder))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(Redriven))]
[JsonSerializable(typeof(EventTrace))]
[JsonSerializable(typeof(SentEvent))]
internal sealed partial class EventsJson : JsonSerializerContext
{
    /// <summary>For people: on several lines.</summary>
    public static EventsJson Indented { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true,
    });
}
