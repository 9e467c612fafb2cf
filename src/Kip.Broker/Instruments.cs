using System.Diagnostics;
using System.Diagnostics.Metrics;
using Kip.Brokers.Records;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers;

/// <summary>The broker's metrics; names and attributes are Knative's where it has one.</summary>
internal sealed class Instruments : IDisposable
{
    public const string MeterName = "Kip.Broker";

    // Bounds in seconds, as Knative's dispatch histograms have them.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Cast<object>()];

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _dispatch;
    private readonly Histogram<double> _process;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _dropped;

    public Instruments(Func<IEnumerable<SubscriptionAccount>> accounts)
    {
        _dispatch = _meter.CreateHistogram(
            "kn.eventing.dispatch.duration", "s", "From an event's arrival to its place on disk, or of one attempt to deliver it", null, Seconds);
        _process = _meter.CreateHistogram("kn.eventing.process.duration", "s", "From an event's arrival to its first attempt", null, Seconds);
        _refused = _meter.CreateCounter<long>("kip.eventing.refused", "{event}", "Events that were not accepted, by status");
        _dropped = _meter.CreateCounter<long>("kip.eventing.dead_letters.dropped", "{event}", "Stored dead letters removed because no more can be kept");
        Observe("kip.eventing.accepted", "Events accepted for a subscription to look at", accounts, static a => a.Accepted);
        Observe("kip.eventing.filtered", "Events that did not pass the filter", accounts, static a => a.Counts.Filtered);
        Observe("kip.eventing.delivered", "Events delivered", accounts, static a => a.Counts.Delivered);
        Observe("kip.eventing.dead_lettered", "Events that the dead letter sink has", accounts, static a => a.Counts.DeadLettered);
        Observe("kip.eventing.stored", "Events that went to the stored dead letters", accounts, static a => a.Counts.Stored);
        Observe("kip.eventing.expired", "Events removed for the log's size before they were delivered", accounts, static a => a.Counts.Expired);
        Observe("kip.eventing.damaged", "Events that the disk has damaged", accounts, static a => a.Counts.Damaged);
        Observe("kip.eventing.in_flight", "Attempts under way", accounts, static a => a.InFlight);
        Observe("kip.eventing.waiting", "Events that wait for another attempt", accounts, static a => a.Waiting);
        Observe("kip.eventing.unread", "Events not looked at yet", accounts, static a => a.Unread);
        Observe("kip.eventing.difference", "Accepted less all the others: zero, or an event is lost", accounts, static a => a.Difference);
    }

    /// <summary>An event is on disk.</summary>
    public void Accepted(TopicKey topic, string type, TimeSpan took, int status)
    {
        if (!_dispatch.Enabled) return;
        _dispatch.Record(took.TotalSeconds, new TagList
        {
            { NameKey(topic), topic.Name.Name }, { NamespaceKey(topic), topic.Name.Namespace }, { "messaging.system", "knative" },
            { "messaging.destination.name", Destination(topic) }, { "cloudevents.type", type }, { "http.response.status_code", Status(status) },
        });
    }

    /// <summary>An event was refused.</summary>
    public void Refused(TopicKey? topic, int status)
    {
        if (_refused.Enabled)
            _refused.Add(1, new("messaging.destination.name", topic is { } known ? Destination(known) : ""), new("http.response.status_code", status));
    }

    /// <summary>Dead letters were removed because no more can be kept.</summary>
    public void DroppedLetters(TopicKey topic, int count) =>
        _dropped.Add(count, new KeyValuePair<string, object?>("messaging.destination.name", Destination(topic)));

    /// <summary>An attempt has ended.</summary>
    public void Dispatched(TopicKey topic, SubscriptionSpec spec, DeliveryStage stage, StoredEvent stored, int status, TimeSpan took)
    {
        if (!_dispatch.Enabled) return;
        _dispatch.Record(took.TotalSeconds, new TagList
        {
            { NameKey(topic), topic.Name.Name }, { NamespaceKey(topic), topic.Name.Namespace }, { "messaging.system", "knative" },
            { "messaging.operation.name", "send" }, { "messaging.destination.name", spec.MetricName(topic.Kind) },
            { "cloudevents.type", stored.Type }, { "kip.delivery.stage", StageName(stage) },
            { "http.response.status_code", Status(ErrorExtensions.CodeOf(status)) },
        });
    }

    /// <summary>An event's first attempt begins.</summary>
    public void Began(TopicKey topic, SubscriptionSpec spec, TimeSpan since)
    {
        if (_process.Enabled)
            _process.Record(
                since.TotalSeconds, new TagList
                {
                    { NameKey(topic), topic.Name.Name }, { NamespaceKey(topic), topic.Name.Namespace }, { "messaging.system", "knative" },
                    { "messaging.destination.name", spec.MetricName(topic.Kind) },
                });
    }

    public void Dispose() => _meter.Dispose();

    private void Observe(string name, string description, Func<IEnumerable<SubscriptionAccount>> accounts, Func<SubscriptionAccount, long> value) =>
        _meter.CreateObservableGauge(name, () => accounts().Select(account => new Measurement<long>(
            value(account), new(NameKey(account.Topic), account.Topic.Name.Name), new(NamespaceKey(account.Topic), account.Topic.Name.Namespace),
            new("messaging.destination.name", account.Spec.MetricName(account.Topic.Kind)))), "{event}", description);

    public static string StageName(DeliveryStage stage) => stage switch
    {
        DeliveryStage.Subscriber => "subscriber",
        DeliveryStage.Reply => "reply",
        _ => "dead-letter-sink",
    };

    public static string NameKey(TopicKey topic) => topic.Kind == TopicKind.Broker ? "kn.broker.name" : "kn.channel.name";

    public static string NamespaceKey(TopicKey topic) => topic.Kind == TopicKind.Broker ? "kn.broker.namespace" : "kn.channel.namespace";

    public static string Destination(TopicKey topic) => $"{(topic.Kind == TopicKind.Broker ? "broker" : "channel")}:{topic.Name.Name}.{topic.Name.Namespace}";

    // Boxed once.
    private static object Status(int status) => (uint)status < (uint)Statuses.Length ? Statuses[status] : status;
}
