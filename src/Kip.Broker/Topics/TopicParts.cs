using Kip.Brokers.DeadLetters;
using Kip.Brokers.EventTypes;
using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Tracing;
using Kip.Log;
using Microsoft.Extensions.Logging;

namespace Kip.Brokers.Topics;

/// <summary>What all topics share.</summary>
internal sealed record TopicParts(
    ITopicStorage Storage, LogOptions LogOptions, IEventSender Sender, Traces Traces, Instruments Instruments, EventTypeDiscovery EventTypes,
    LossTeller Losses, TimeProvider Time, ILogger Logger)
{
    /// <summary>How many dead letters one topic keeps.</summary>
    public int MaxDeadLetters { get; init; } = DeadLetterStore.MaxLetters;

    public SubscriberParts For(Topic topic) =>
        new(topic.Key, topic.Log, topic.DeadLetters, Sender, Traces, Instruments, EventTypes, topic.SaveProgress, Time, Logger);
}
