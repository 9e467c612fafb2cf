using Kip.Resources;

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

    public override string ToString() => $"{(Kind == TopicKind.Broker ? "broker" : "channel")} {Name}";
}
