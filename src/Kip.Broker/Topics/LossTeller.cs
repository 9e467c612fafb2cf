using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Microsoft.Extensions.Logging;
using BrokerKind = Kip.Resources.Eventing.Broker;

namespace Kip.Brokers.Topics;

/// <summary>Tells people of events that are gone although a subscription had not had them: in the log, and as an Event on the Broker or channel.</summary>
internal sealed partial class LossTeller(InformerSet informers, EventRecorder events, ILogger logger)
{
    private const string Component = "kip-broker";
    public const string Expired = "EventsExpired";
    public const string Dropped = "DeadLettersDropped";

    /// <summary>Events went for the log's size before they had been delivered.</summary>
    /// <param name="subscriptions">Whose events they were, for a sentence.</param>
    public void TellExpired(TopicKey topic, long count, long keptBytes, string subscriptions)
    {
        LogExpired(topic, subscriptions, keptBytes, count);
        Record(
            topic, Expired,
            $"Events that {subscriptions} had not had yet were removed because the log has its full size ({keptBytes} bytes), {count} in all: "
            + "raise kip.dev/retention-bytes, or set kip.dev/retention-when-full to refuse new events instead");
    }

    /// <summary>Dead letters went because their store was full.</summary>
    /// <param name="subscriptions">Whose letters they were, for a sentence.</param>
    public void TellDropped(TopicKey topic, long count, string subscriptions)
    {
        LogDropped(topic, subscriptions, count);
        Record(topic, Dropped, $"Dead letters of {subscriptions} were removed, the oldest first, because no more can be kept, {count} in all: "
            + "send them again or remove them with kip events dlq, or give them a deadLetterSink");
    }

    private void Record(TopicKey topic, string reason, string message)
    {
        foreach (var about in About(topic)) events.Record(new Edit.Record(about, "Warning", reason, message), Component);
    }

    // People look at the Channel that they have made, too, not only at what stands behind it.
    private IEnumerable<Resource> About(TopicKey topic)
    {
        if (topic.Kind == TopicKind.Broker)
        {
            if (informers.Get<BrokerKind>().Get(topic.Name) is { } broker) yield return broker;
            yield break;
        }
        if (informers.Get<InMemoryChannel>().Get(topic.Name) is not { } channel) yield break;
        yield return channel;
        if (channel.Metadata.Controller() is { } owner && owner.Kind == Channel.Definition.Kind && owner.ApiVersion == Channel.Definition.ApiVersion)
            yield return new Channel { Metadata = new() { Namespace = topic.Name.Namespace, Name = owner.Name, Uid = owner.Uid } };
    }

    [LoggerMessage(713, LogLevel.Warning, "Events of {topic} that {subscriptions} had not had yet were removed because its log has its full size "
        + "({keptBytes} bytes), {count} in all: raise kip.dev/retention-bytes, or set kip.dev/retention-when-full to refuse new events instead")]
    private partial void LogExpired(TopicKey topic, string subscriptions, long keptBytes, long count);

    [LoggerMessage(714, LogLevel.Warning, "Dead letters of {topic} for {subscriptions} were removed, the oldest first, because no more can be kept, "
        + "{count} in all: send them again or remove them with kip events dlq, or give them a deadLetterSink")]
    private partial void LogDropped(TopicKey topic, string subscriptions, long count);
}
