using Kip.Resources;
using Kip.Resources.Messaging;

namespace Kip.Rules.Eventing.Flows;

/// <summary>What the planners of Sequences and Parallels see.</summary>
/// <param name="Flow">The Sequence or Parallel.</param>
/// <param name="Channels">The channels that it owns, and those that have the names it wants, whoever owns them; in any order.</param>
/// <param name="Subscriptions">The Subscriptions, likewise.</param>
/// <param name="Now">The time that changed conditions carry.</param>
public sealed record FlowView<T>(T Flow, ValueList<InMemoryChannel> Channels, ValueList<Subscription> Subscriptions, DateTimeOffset Now)
    where T : Resource;

/// <summary>The names of the channels and Subscriptions that a flow is made of.</summary>
/// <param name="Channels">The first takes the flow's events in.</param>
public sealed record FlowNames(ValueList<string> Channels, ValueList<string> Subscriptions)
{
    /// <summary>A reference to one of a flow's channels.</summary>
    internal static KReference ReferenceTo(string channel) =>
        new() { ApiVersion = InMemoryChannel.Definition.ApiVersion, Kind = InMemoryChannel.Definition.Kind, Name = channel };
}
