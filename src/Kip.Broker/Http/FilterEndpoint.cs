using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.Brokers.Tracing;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Kip.Resources;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Http;

/// <summary>
/// Knative's broker filter: <c>POST /triggers/NAMESPACE/NAME/UID</c> offers one event to a Trigger's subscriber, once, and answers as that does.
/// </summary>
/// <remarks>Kip's own deliveries do not come this way. It is for senders that expect it, as Knative's channels do, and they try again.</remarks>
internal sealed class FilterEndpoint(TopicTable topics, IEventSender sender, Task ready, TimeProvider time)
{
    public async Task HandleAsync(IngressCall call)
    {
        call.SetHeader("Allow", "POST");
        if (call.Method != "POST")
        {
            await call.AnswerAsync(405);
            return;
        }
        if (!TryReadPath(call.Path, out var name, out var uid))
        {
            await call.AnswerAsync(400, $"{call.Path} is not of the form /triggers/<namespace>/<name>/<uid>");
            return;
        }
        var body = await call.ReadBodyAsync();
        if (!ready.IsCompletedSuccessfully) await ready;
        var trigger = topics.All.Where(static t => t.Key.Kind == TopicKind.Broker)
            .SelectMany(static t => t.Subscribers).FirstOrDefault(s => s.Spec.Name == name)?.Spec;
        var problem = trigger is null ? (404, $"there is no trigger {name}")
            : trigger.Uid != uid ? (400, $"trigger {name} has another uid")
            : ((int, string)?)null;
        if (problem is null && Read(call, body, trigger!, out var timeToLive, out problem) is { } request)
            await OfferAsync(call, request, trigger!, timeToLive);
        else
        {
            call.ReleaseBody();
            await call.AnswerAsync(problem!.Value.Item1, problem.Value.Item2);
        }
    }

    private EventRequest? Read(
        IngressCall call, ReadOnlyMemory<byte> body, SubscriptionSpec trigger, out int timeToLive, out (int Status, string Reason)? problem)
    {
        (timeToLive, problem) = (0, null);
        if (!call.TryReadEvents(body, out var events, out var structured, out var error)) problem = (400, error!.ToString());
        else if (events is not [var offered]) problem = (400, "one event is expected, not a batch");
        else if (!TryReadTimeToLive(offered, out timeToLive)) problem = (400, $"the event does not come from a broker: it has no {TimeToLive.Extension}");
        else if (trigger.Subscriber is null) problem = (404, $"the subscriber of trigger {trigger.Name} is not known yet");
        else return Request(call, offered, structured, trigger);
        return null;
    }

    private EventRequest Request(IngressCall call, CloudEvent offered, bool structured, SubscriptionSpec trigger)
    {
        var headers = TravellingHeaders.Of(call.EachHeader(), out var parent);
        if (parent is not null) headers.Add(new(TraceContext.Parent, parent));
        var stored = new RecordWriter().Write(offered.WithoutExtension(TimeToLive.Extension), headers, structured, timeToLive: 0, time.GetUtcNow());
        return new()
        {
            Target = trigger.Subscriber!,
            Event = stored,
            Namespace = trigger.Name.Namespace,
            Format = trigger.Policy.Format ?? (structured ? DeliveryFormat.Json : DeliveryFormat.Binary),
            PreferReply = true,
            Timeout = trigger.Policy.AttemptTime,
        };
    }

    private async Task OfferAsync(IngressCall call, EventRequest request, SubscriptionSpec trigger, int timeToLive)
    {
        call.ReleaseBody();
        if (trigger.Filter is { } filter && !filter(request.Event.Event))
        {
            await call.AnswerAsync(200);
            return;
        }
        var answer = await sender.SendAsync(request, CancellationToken.None);
        if (DeliveryOutcome.Of(answer.Status) != Verdict.Delivered)
        {
            await FailAsync(call, request.Target, answer);
            return;
        }
        var kind = ReplyReading.Read(answer, trigger.RefusesForeignReplies, out var reply, out _);
        if (kind != ReplyKind.Event) await call.AnswerAsync(kind == ReplyKind.Malformed ? 502 : answer.Status);
        else
        {
            PassOn(call, answer);
            var headers = new AnswerHeaders(call);
            var data = CloudEventHttpWriter.WriteBinary(reply!.WithExtension(TimeToLive.Extension, CloudEventValue.Integer(timeToLive)), ref headers);
            await call.AnswerAsync(answer.Status, data);
        }
    }

    // What the dead letter is to say of the subscriber comes along, for whoever gives the event up.
    private static Task FailAsync(IngressCall call, DeliveryTarget target, in EventAnswer answer)
    {
        PassOn(call, answer);
        call.SetHeader("Content-Type", "application/json");
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("errdestination"u8, target.Url);
            writer.WriteBase64String("errresponsebody"u8, answer.Body.Span);
            writer.WriteEndObject();
        }
        return call.AnswerAsync(ErrorExtensions.CodeOf(answer.Status), json.WrittenMemory);
    }

    private static void PassOn(IngressCall call, in EventAnswer answer)
    {
        if (answer.RetryAfter is { } wait) call.SetHeader("Retry-After", wait);
        foreach (var (name, value) in answer.Headers)
            if (DeliveryHeaders.IsForwarded(name)) call.SetHeader(name, value);
    }

    private static bool TryReadTimeToLive(CloudEvent offered, out int left)
    {
        left = 0;
        return offered.TryGetExtension(TimeToLive.Extension, out var value)
            && int.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out left);
    }

    private static bool TryReadPath(string path, out NamespacedName name, out string uid)
    {
        var parts = path.Trim('/').Split('/');
        var fits = parts is ["triggers", { Length: > 0 }, { Length: > 0 }, { Length: > 0 }];
        (name, uid) = fits ? (new NamespacedName(parts[1], parts[2]), parts[3]) : (default, "");
        return fits;
    }

    private readonly struct AnswerHeaders(IngressCall call) : ICloudEventHeaders
    {
        public void Add(string name, string value) => call.SetHeader(name, value);
    }
}
