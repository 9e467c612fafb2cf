using Kip.Brokers.Sending;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Api;

/// <summary>What can be asked of the events that are kept, and done with them. JSON; streams are one JSON document per line.</summary>
/// <remarks>
/// <c>{kind}</c> is <c>brokers</c> or <c>channels</c>. <c>{event}</c> documents are CloudEvents in the JSON format. Offsets count from 1.
/// <code>
/// GET /kip/events/topics
/// {"topics":[{"kind","namespace","name","first","last","bytes","deadLetters","deadLettersDropped","damagedRanges","removedUnfinished"}]}
/// GET /kip/events/accounting {"subscriptions":[{"kind","namespace","topic","subscription":{"namespace","name","uid"},"start","cursor","last",
/// "accepted","filtered","delivered","deadLettered","stored","expired","damaged","inFlight","waiting","unread","difference","broken"}]}
/// GET  /kip/events/{kind}/{ns}/{name}/events          a stream of {"offset","time","event"}
///        ?from=OFFSET|TIME (default: the end when following, else the beginning) &amp;to=OFFSET|TIME &amp;follow=true &amp;limit=N &amp;filter=CESQL
/// POST /kip/events/{kind}/{ns}/{name}/events          takes in the event, or batch, that the request is: 202, or a Status
/// POST /kip/events/{kind}/{ns}/{name}/replay          {"from":"…","to":"…","filter":"CESQL","subscription":"ns/name" | "sink":"URL","rate":N}
///        → a stream of {"offset","id","status"} per event sent, at last {"sent","failed","done":true}; ends early when the client goes
/// GET /kip/events/deadletters[/{ns}/{subscription}] ?limit=N (1,000)
/// {"deadLetters":[{"id":"kind/ns/topic/N","subscription","offset","time","attempts","destination","status","eventId","eventType","eventSource"}]}
/// GET  /kip/events/deadletters/{id}                   the same for one, with "body" (the last answer's, base64) and "event"
/// POST /kip/events/deadletters/{id}/redrive           sends it again: {"id","status","delivered":true|false}; delivered ones leave the store
/// POST /kip/events/deadletters/{ns}/{subscription}/redrive   all of a subscription's: a stream of those
/// DELETE /kip/events/deadletters/{id}                 removes it: 204
/// GET /kip/events/trace/{event id}
/// {"complete":true|false,"steps":[{"step":"received"|"matched"|"attempt"|"stored","time","kind","namespace","topic","offset",
/// "eventId","eventSource","eventType","subscription","stage","attempt","destination","status","milliseconds","replyId"}]}
/// </code>
/// <c>{id}</c> of a dead letter has four parts, as in <c>brokers/default/orders/17</c>. TIME is RFC 3339. Failures are Kubernetes Status documents.
/// </remarks>
internal sealed class EventsApi(TopicTable topics, Ingress ingress, IEventSender sender, Traces traces, TimeProvider time, CancellationToken stopping)
{
    public const string Prefix = "/kip/events";

    private readonly TopicsEndpoint _topics = new(topics);
    private readonly StreamEndpoint _stream = new(time);
    private readonly SendEndpoint _send = new(ingress);
    private readonly ReplayEndpoint _replay = new(sender, time);
    private readonly DeadLettersEndpoint _deadLetters = new(topics, sender, time);
    private readonly TraceEndpoint _trace = new(traces, topics);

    /// <summary>Answers one request.</summary>
    /// <exception cref="ApiException">It cannot be answered; the caller turns it into a Status.</exception>
    public async Task AnswerAsync(HttpContext http)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var parts = http.Request.Path.Value![Prefix.Length..].Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        var verb = http.Request.Method;
        await ((verb, parts) switch
        {
            ("GET", ["topics"]) => _topics.ListAsync(http),
            ("GET", ["accounting"]) => _topics.AccountAsync(http),
            ("GET", ["trace", .. var id]) when id.Length > 0 => _trace.AnswerAsync(http, string.Join('/', id)),
            ("GET", ["deadletters"]) => _deadLetters.ListAsync(http, null),
            ("GET", ["deadletters", var space, var name]) => _deadLetters.ListAsync(http, new NamespacedName(space, name)),
            ("POST", ["deadletters", var space, var name, "redrive"]) => _deadLetters.RedriveAllAsync(http, new(space, name), either.Token),
            ("GET", ["deadletters", var kind, var space, var name, var id]) => DeadLettersEndpoint.ShowAsync(http, TopicOf(kind, space, name), id),
            ("DELETE", ["deadletters", var kind, var space, var name, var id]) => DeadLettersEndpoint.RemoveAsync(http, TopicOf(kind, space, name), id),
            ("POST", ["deadletters", var kind, var space, var name, var id, "redrive"]) =>
                _deadLetters.RedriveAsync(http, TopicOf(kind, space, name), id, either.Token),
            ("GET", [var kind, var space, var name, "events"]) => _stream.AnswerAsync(http, TopicOf(kind, space, name), either.Token),
            ("POST", [var kind, var space, var name, "events"]) => _send.AnswerAsync(http, TopicOf(kind, space, name)),
            ("POST", [var kind, var space, var name, "replay"]) => _replay.AnswerAsync(http, TopicOf(kind, space, name), either.Token),
            _ => throw ApiException.Of(404, StatusReason.NotFound, $"{verb} {http.Request.Path} is nothing that the event API answers"),
        });
    }

    private Topic TopicOf(string kind, string space, string name)
    {
        var key = new TopicKey(
            kind switch
            {
                "brokers" => TopicKind.Broker,
                "channels" => TopicKind.Channel,
                _ => throw ApiException.Of(404, StatusReason.NotFound, $"\"{kind}\" is neither brokers nor channels"),
            },
            new(space, name));
        if (topics.TryGet(key, out var topic)) return topic;
        var kinds = key.Kind == TopicKind.Broker ? "brokers" : "inmemorychannels";
        throw ApiException.Of(404, StatusReason.NotFound, $"there is no {key}; see those that are with: kip get {kinds} -A");
    }
}
