using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Channels;

namespace Kip.Controllers.Eventing;

/// <summary>Keeps the channel behind every Channel.</summary>
public sealed class ChannelReconciler : IReconciler
{
    private IIndexer<Channel> _channels = null!;
    private IIndexer<InMemoryChannel> _backing = null!;

    public KindDefinition Kind => Channel.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _channels = watch.Own<Channel>();
        // Under the same name, whoever owns it: a Channel whose name is taken gets its own when that one goes.
        _backing = watch.Related<InMemoryChannel>(static c => [c.Key]);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now) => _channels.Get(key) is { } channel
        ? ChannelPlanner.Plan(new ChannelView { Channel = channel, Backing = _backing.Get(key), Now = now })
        : Resources.Planning.Plan.Nothing;
}
