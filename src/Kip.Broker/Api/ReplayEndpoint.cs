using System.Text.Json;
using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.Client;
using Kip.Log;
using Kip.Resources;
using Kip.Rules.Eventing.Delivery;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>Sends kept events again, to one subscription's subscriber or to any URL; the subscription's own progress is not touched.</summary>
/// <remarks>
/// One event at a time, in order, each once: a failed one is told and passed over. Without a <c>to</c> it ends at what was newest when it began.
/// </remarks>
internal sealed class ReplayEndpoint(IEventSender sender, TimeProvider time)
{
    private const int MaxBytes = 64 << 10;

    private sealed record Order(EventRange Range, DeliveryTarget Target, SubscriptionSpec? Subscription, double Rate);

    public async Task AnswerAsync(HttpContext http, Topic topic, CancellationToken cancel)
    {
        var order = await ReadAsync(http, topic, cancel);
        await JsonLines.BeginAsync(http, cancel);
        try
        {
            await RunAsync(http, topic, order, cancel);
        }
        catch (OperationCanceledException)
        {
            // The client has gone: so much has been sent, and it knows how much.
        }
    }

    private async Task RunAsync(HttpContext http, Topic topic, Order order, CancellationToken cancel)
    {
        var (sent, failed) = (0L, 0L);
        var last = Math.Min(order.Range.To ?? ulong.MaxValue, topic.Log.Last);
        var began = time.GetTimestamp();
        using var reader = topic.Log.Exists && order.Range.From <= last ? topic.Log.Read(order.Range.From) : null;
        while (reader is not null && reader.Next <= last && TryRead(reader, last, out var stored))
        {
            if (!order.Range.Filter(stored.Event)) continue;
            if (order.Rate > 0) await PaceAsync(began, (sent + failed) / order.Rate, cancel);
            var answer = await sender.SendAsync(RequestOf(order, stored, topic), cancel);
            if (DeliveryOutcome.Of(answer.Status) == Verdict.Delivered) sent++;
            else failed++;
            JsonLines.Line(http, json =>
            {
                json.WriteNumber("offset"u8, stored.Offset);
                json.WriteString("id"u8, stored.Event.Id);
                json.WriteNumber("status"u8, answer.Status);
            });
            await JsonLines.FlushAsync(http, cancel);
        }
        JsonLines.Line(http, json =>
        {
            json.WriteNumber("sent"u8, sent);
            json.WriteNumber("failed"u8, failed);
            json.WriteBoolean("done"u8, true);
        });
        await JsonLines.FlushAsync(http, cancel);
    }

    private static bool TryRead(LogReader reader, ulong last, out StoredEvent stored)
    {
        stored = null!;
        if (!reader.TryRead(out var record) || record.Sequence > last) return false;
        stored = TopicLog.Copy(record);
        return true;
    }

    private async Task PaceAsync(long began, double seconds, CancellationToken cancel)
    {
        var wait = TimeSpan.FromSeconds(seconds) - time.GetElapsedTime(began);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancel);
    }

    private static EventRequest RequestOf(Order order, StoredEvent stored, Topic topic) => new()
    {
        Target = order.Target,
        Event = stored,
        Namespace = order.Subscription?.Sender ?? topic.Key.Name.Namespace,
        Format = order.Subscription?.Policy.Format ?? stored.Head.Format,
        Timeout = order.Subscription?.Policy.AttemptTime ?? TimeSpan.FromMinutes(1),
    };

    private static async Task<Order> ReadAsync(HttpContext http, Topic topic, CancellationToken cancel)
    {
        if (http.Request.ContentLength is null or > MaxBytes) throw JsonLines.Bad($"a replay is asked for with a JSON object of at most {MaxBytes} bytes");
        JsonElement asked;
        try
        {
            asked = (await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: cancel)).RootElement;
        }
        catch (JsonException error)
        {
            throw JsonLines.Bad($"the replay's description is no JSON: {error.Message}");
        }
        if (asked.ValueKind != JsonValueKind.Object) throw JsonLines.Bad("the replay's description is no JSON object");
        var range = EventRange.Read(topic, Text(asked, "from"), Text(asked, "to"), Text(asked, "filter"), topic.Log.First);
        var (target, subscription) = TargetOf(topic, Text(asked, "subscription"), Text(asked, "sink"));
        var rate = asked.TryGetProperty("rate", out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : 0;
        if (rate < 0) throw JsonLines.Bad("the rate of a replay is in events per second, more than 0");
        return new(range, target, subscription, rate);
    }

    private static (DeliveryTarget Target, SubscriptionSpec? Subscription) TargetOf(Topic topic, string? name, string? sink)
    {
        if (sink is null == name is null) throw JsonLines.Bad("a replay needs either a subscription or a sink");
        if (sink is not null)
            return Uri.TryCreate(sink, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? (new(sink), null)
                : throw JsonLines.Bad($"\"{sink}\" is no http URL");
        var spec = topic.Subscribers.Select(static s => s.Spec).FirstOrDefault(s => s.Name.ToString() == name || s.Name.Name == name)
            ?? throw ApiException.Of(404, StatusReason.NotFound, $"{topic.Key} has no subscription \"{name}\"");
        return (spec.Subscriber ?? throw JsonLines.Bad($"the subscriber of \"{name}\" is not known yet"), spec);
    }

    // Offsets may come as numbers, too.
    private static string? Text(JsonElement asked, string field) => asked.TryGetProperty(field, out var value) ? value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Null => null,
        _ => throw JsonLines.Bad($"\"{field}\" must be text"),
    } : null;
}
