using Kip.Rules.Eventing.Retention;

namespace Kip.Brokers.Topics;

/// <summary>How one topic keeps its events.</summary>
internal sealed record TopicSettings(RetentionPolicy Retention)
{
    public static readonly TopicSettings Default = new(new RetentionPolicy());
}
