using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;

namespace Kip.Brokers.Topics;

/// <summary>What takes events in.</summary>
public enum TopicKind
{
    Broker,
    Channel,
}

/// <summary>One Broker or channel by name.</summary>
public readonly record struct TopicKey(TopicKind Kind, NamespacedName Name)
{
    /// <summary>The kind as it stands in paths: <c>brokers</c> or <c>channels</c>.</summary>
    public string Plural => Kind == TopicKind.Broker ? "brokers" : "channels";

    /// <summary>The kind of the Broker or channel.</summary>
    public KindDefinition Definition => Kind == TopicKind.Broker ? Resources.Eventing.Broker.Definition : InMemoryChannel.Definition;

    /// <summary>The kind of what subscribes to it.</summary>
    public KindDefinition SubscriptionDefinition => Kind == TopicKind.Broker ? Trigger.Definition : Subscription.Definition;

    public override string ToString() => $"{(Kind == TopicKind.Broker ? "broker" : "channel")} {Name}";
}
