using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Microsoft.Extensions.Logging;
using BrokerKind = Kip.Resources.Eventing.Broker;

namespace Kip.Brokers.Topics;

/// <summary>Tells people that events were removed before every subscription had them: in the log, and as an Event on the Broker or channel.</summary>
internal sealed partial class LossTeller(InformerSet informers, EventRecorder events, ILogger logger)
{
    private const string Component = "kip-broker";
    public const string Reason = "EventsExpired";

    /// <param name="subscriptions">Whose events they were, for a sentence.</param>
    public void Tell(TopicKey topic, long count, long keptBytes, string subscriptions)
    {
        LogLost(topic, subscriptions, keptBytes, count);
        var message = $"Events that {subscriptions} had not had yet were removed because the log has its full size ({keptBytes} bytes), {count} in all: "
            + "raise kip.dev/retention-bytes, or set kip.dev/retention-when-full to refuse new events instead";
        foreach (var about in About(topic)) events.Record(new Edit.Record(about, "Warning", Reason, message), Component);
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

    [LoggerMessage(713, LogLevel.Warning, "Events of {topic} that {subscriptions} had not had yet were removed because its log has its full size ({keptBytes} bytes), {count} in all: raise kip.dev/retention-bytes, or set kip.dev/retention-when-full to refuse new events instead")]
    private partial void LogLost(TopicKey topic, string subscriptions, long keptBytes, long count);
}
