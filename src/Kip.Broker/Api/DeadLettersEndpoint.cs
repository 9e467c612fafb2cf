using System.Globalization;
using System.Text.Json;
using Kip.Brokers.DeadLetters;
using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.Client;
using Kip.Resources;
using Kip.Rules.Eventing.Delivery;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>The events that could be delivered nowhere: to look at, to send again, to remove.</summary>
internal sealed class DeadLettersEndpoint(TopicTable topics, IEventSender sender, TimeProvider time)
{
    private const int DefaultLimit = 1000;

    public Task ListAsync(HttpContext http, NamespacedName? subscription)
    {
        var limit = (int)Math.Min(JsonLines.LimitOf(http, DefaultLimit), int.MaxValue);
        var letters = topics.All.SelectMany(topic => topic.DeadLetters.List(null, int.MaxValue).Select(letter => (Topic: topic, Letter: letter)))
            .Where(found => subscription is null || found.Letter.Subscription == subscription).Take(limit).ToList();
        return JsonLines.WriteAsync(http, json =>
        {
            json.WriteStartArray("deadLetters"u8);
            foreach (var (topic, letter) in letters)
            {
                json.WriteStartObject();
                Write(json, topic, letter);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    public static Task ShowAsync(HttpContext http, Topic topic, string id)
    {
        var letter = Find(topic, id);
        return JsonLines.WriteAsync(http, json =>
        {
            Write(json, topic, letter);
            json.WriteBase64String("body"u8, letter.Body.Span);
            json.WriteEvent(letter.Event.Event);
        });
    }

    public static async Task RemoveAsync(HttpContext http, Topic topic, string id)
    {
        await topic.DeadLetters.RemoveAsync(Find(topic, id).Id, DeadLetterEnd.Purged);
        http.Response.StatusCode = 204;
    }

    public async Task RedriveAsync(HttpContext http, Topic topic, string id, CancellationToken cancel)
    {
        var letter = Find(topic, id);
        var status = await SendAsync(topic, letter, cancel);
        await JsonLines.WriteAsync(http, json => WriteSent(json, topic, letter, status));
    }

    public async Task RedriveAllAsync(HttpContext http, NamespacedName subscription, CancellationToken cancel)
    {
        var all = topics.All.SelectMany(topic => topic.DeadLetters.List(null, int.MaxValue)
            .Where(letter => letter.Subscription == subscription).Select(letter => (Topic: topic, Letter: letter))).ToList();
        // Once the stream has begun nothing can be refused any more.
        if (all is [var first, ..]) _ = TargetOf(first.Topic, first.Letter);
        await JsonLines.BeginAsync(http, cancel);
        try
        {
            foreach (var (topic, letter) in all)
            {
                var status = await SendAsync(topic, letter, cancel);
                JsonLines.Line(http, json => WriteSent(json, topic, letter, status));
                await JsonLines.FlushAsync(http, cancel);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ApiException)
        {
            // Those that were sent have been told; the subscription may go meanwhile.
        }
    }

    // One attempt: whoever asks for it sees the answer and can ask again.
    private async Task<int> SendAsync(Topic topic, DeadLetter letter, CancellationToken cancel)
    {
        var (spec, target) = TargetOf(topic, letter);
        var request = RequestOf(spec, target, letter.Event) with { PreferReply = true };
        var answer = await sender.SendAsync(request, cancel);
        var status = await ReplyAsync(spec, request, answer, cancel);
        if (DeliveryOutcome.Of(status) == Verdict.Delivered) await topic.DeadLetters.RemoveAsync(letter.Id, DeadLetterEnd.Redriven);
        return status;
    }

    // The reply is part of the delivery, as at any other attempt: an event whose reply is not taken stays a dead letter.
    private async Task<int> ReplyAsync(SubscriptionSpec spec, EventRequest request, EventAnswer answer, CancellationToken cancel)
    {
        if (DeliveryOutcome.Of(answer.Status) != Verdict.Delivered) return answer.Status;
        switch (ReplyReading.Read(answer, spec.RefusesForeignReplies, out var replied, out var structured))
        {
            case ReplyKind.Malformed:
                return 502;
            case ReplyKind.Event when spec.Reply is { } target:
                var reply = Replies.Store(replied!, structured, answer, request, time.GetUtcNow());
                return (await sender.SendAsync(RequestOf(spec, target, reply) with { KeepsTimeToLive = true }, cancel)).Status;
            default:
                return answer.Status;
        }
    }

    private static EventRequest RequestOf(SubscriptionSpec spec, DeliveryTarget target, StoredEvent sent) => new()
    {
        Target = target,
        Event = sent,
        Namespace = spec.Sender,
        Format = spec.Policy.Format ?? sent.Head.Format,
        Timeout = spec.Policy.Timeout ?? TimeSpan.FromMinutes(1),
    };

    private static (SubscriptionSpec Spec, DeliveryTarget Target) TargetOf(Topic topic, DeadLetter letter)
    {
        var spec = topic.Subscribers.Select(static s => s.Spec).FirstOrDefault(s => s.Uid == letter.Uid || s.Name == letter.Subscription);
        return spec?.Subscriber is { } target
            ? (spec, target)
            : throw ApiException.Of(409, StatusReason.Conflict, $"{letter.Subscription} is not there any more, or its subscriber is not known");
    }

    private static DeadLetter Find(Topic topic, string id) =>
        (ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? topic.DeadLetters.Find(number) : null)
        ?? throw ApiException.Of(404, StatusReason.NotFound, $"{topic.Key} has no dead letter \"{id}\"");

    private static void Write(Utf8JsonWriter json, Topic topic, DeadLetter letter)
    {
        json.WriteString("id"u8, IdOf(topic, letter));
        json.WriteName(letter.Subscription);
        json.WriteNumber("offset"u8, letter.Offset);
        json.WriteString("time"u8, letter.Time);
        json.WriteNumber("attempts"u8, letter.Attempts);
        json.WriteString("destination"u8, letter.Destination);
        json.WriteNumber("status"u8, letter.Status);
        json.WriteString("eventId"u8, letter.Event.Event.Id);
        json.WriteString("eventType"u8, letter.Event.Event.Type);
        json.WriteString("eventSource"u8, letter.Event.Event.Source);
    }

    private static void WriteSent(Utf8JsonWriter json, Topic topic, DeadLetter letter, int status)
    {
        json.WriteString("id"u8, IdOf(topic, letter));
        json.WriteNumber("status"u8, status);
        json.WriteBoolean("delivered"u8, DeliveryOutcome.Of(status) == Verdict.Delivered);
    }

    private static string IdOf(Topic topic, DeadLetter letter) =>
        string.Create(CultureInfo.InvariantCulture, $"{topic.Key.Plural}/{topic.Key.Name.Namespace}/{topic.Key.Name.Name}/{letter.Id}");
}
