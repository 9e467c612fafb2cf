using System.Diagnostics;
using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.CloudEvents;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Tracing;

/// <summary>An event's spans: one each time it is taken in, and below that one for each attempt to deliver it. Names and attributes are Knative's.</summary>
/// <remarks>While nobody listens to the source nothing is made, and the sender's trace context goes along with the event untouched.</remarks>
internal static class Spans
{
    public const string SourceName = "Kip.Broker";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anybody listens.</summary>
    public static bool AreMade => Source.HasListeners();

    /// <summary>Begins the span of taking in a message's events.</summary>
    /// <param name="parent">The message's place in a trace; null: a trace begins here.</param>
    /// <param name="headers">The rest of the trace context.</param>
    public static Activity? Receive(TopicKey topic, IReadOnlyList<CloudEvent> events, string? parent, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (!Source.HasListeners()) return null;
        // Not below what the HTTP server, or whoever calls, is in the middle of: a message says itself where it belongs.
        Activity.Current = null;
        var span = Source.StartActivity(Instruments.Destination(topic), ActivityKind.Server, ContextOf(headers, parent));
        if (span is not { IsAllDataRequested: true }) return span;
        SetTopic(span, topic);
        span.SetTag("messaging.destination.name", Instruments.Destination(topic));
        if (events.Count == 1) SetEvent(span, events[0]);
        else span.SetTag("messaging.batch.message_count", events.Count);
        return span;
    }

    public static void Received(Activity? span, IngressAnswer answer)
    {
        if (span is null) return;
        if (answer.Status != 202) span.SetStatus(ActivityStatusCode.Error, answer.Reason);
        End(span, answer.Status);
    }

    /// <summary>Begins the span of one attempt, as a child of the span in which the event that it sends was taken in.</summary>
    public static Activity? Attempt(TopicKey topic, SubscriptionSpec spec, Delivery delivery, in EventRequest request)
    {
        if (!Source.HasListeners()) return null;
        var name = spec.MetricName(topic.Kind);
        var span = Source.StartActivity(name, ActivityKind.Client, ContextOf(RecordReader.Headers(request.Event)));
        if (span is not { IsAllDataRequested: true }) return span;
        SetTopic(span, topic);
        span.SetTag("messaging.operation.name", "send");
        span.SetTag("messaging.destination.name", name);
        span.SetTag("url.full", request.Target.Url);
        span.SetTag("kip.delivery.stage", Instruments.StageName(delivery.Stage));
        span.SetTag("kip.delivery.attempt", delivery.Attempts + 1);
        SetEvent(span, request.Event.Event);
        return span;
    }

    public static void Attempted(Activity? span, in EventAnswer answer)
    {
        if (span is null) return;
        if (DeliveryOutcome.Of(answer.Status) != Verdict.Delivered) span.SetStatus(ActivityStatusCode.Error);
        End(span, ErrorExtensions.CodeOf(answer.Status));
    }

    private static ActivityContext ContextOf(IReadOnlyList<KeyValuePair<string, string>> headers, string? parent = null)
    {
        string? state = null;
        foreach (var (name, value) in headers)
            if (name == TraceContext.Parent) parent = value;
            else if (name.Equals("tracestate", StringComparison.OrdinalIgnoreCase)) state = value;
        return ActivityContext.TryParse(parent, state, isRemote: true, out var context) ? context : default;
    }

    private static void SetTopic(Activity span, TopicKey topic)
    {
        span.SetTag("messaging.system", "knative");
        span.SetTag(Instruments.NameKey(topic), topic.Name.Name);
        span.SetTag(Instruments.NamespaceKey(topic), topic.Name.Namespace);
    }

    private static void SetEvent(Activity span, CloudEvent carried)
    {
        span.SetTag("cloudevents.id", carried.Id);
        span.SetTag("cloudevents.source", carried.Source);
        span.SetTag("cloudevents.type", carried.Type);
        span.SetTag("cloudevents.specversion", carried.SpecVersionText);
        if (carried.Subject is { } subject) span.SetTag("cloudevents.subject", subject);
        if (carried.DataContentType is { } type) span.SetTag("cloudevents.datacontenttype", type);
    }

    private static void End(Activity span, int status)
    {
        span.SetTag("http.response.status_code", status);
        span.Stop();
    }
}
