using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Rules.Eventing.Graph;

/// <summary>The resources that a picture is made of.</summary>
public sealed record FlowResources
{
    public IReadOnlyList<Broker> Brokers { get; init; } = [];

    public IReadOnlyList<Trigger> Triggers { get; init; } = [];

    public IReadOnlyList<Channel> Channels { get; init; } = [];

    public IReadOnlyList<InMemoryChannel> InMemoryChannels { get; init; } = [];

    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    public IReadOnlyList<Sequence> Sequences { get; init; } = [];

    public IReadOnlyList<Parallel> Parallels { get; init; } = [];
}
