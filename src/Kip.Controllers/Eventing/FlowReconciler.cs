using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Flows;

namespace Kip.Controllers.Eventing;

/// <summary>Keeps the channels and Subscriptions of every Sequence, or of every Parallel.</summary>
/// <param name="names">The names of the children that a flow wants.</param>
/// <param name="plan">The kind's planner.</param>
public sealed class FlowReconciler<T>(Func<T, FlowNames> names, Func<FlowView<T>, Plan> plan) : IReconciler where T : Resource, IResource
{
    private readonly ObjectTracker _wanted = new();
    private IIndexer<T> _flows = null!;
    private IIndexer<InMemoryChannel> _channels = null!;
    private IIndexer<Subscription> _subscriptions = null!;

    public KindDefinition Kind => T.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _flows = watch.Own<T>();
        // Those owned, and those that merely have a name that is wanted.
        watch.OwnedBy<InMemoryChannel>();
        watch.OwnedBy<Subscription>();
        _channels = watch.Related<InMemoryChannel>(_wanted.Of);
        _subscriptions = watch.Related<Subscription>(_wanted.Of);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_flows.Get(key) is not { } flow)
        {
            _wanted.Set(key, []);
            return Resources.Planning.Plan.Nothing;
        }
        var wanted = names(flow);
        _wanted.Set(key,
        [
            .. wanted.Channels.Select(n => (InMemoryChannel.Definition, new NamespacedName(key.Namespace, n))),
            .. wanted.Subscriptions.Select(n => (Subscription.Definition, new NamespacedName(key.Namespace, n))),
        ]);
        return plan(new FlowView<T>(flow, Children(flow, wanted.Channels, _channels), Children(flow, wanted.Subscriptions, _subscriptions), now));
    }

    private static ValueList<TChild> Children<TChild>(T flow, ValueList<string> names, IIndexer<TChild> cache) where TChild : Resource, IResource =>
        cache.OwnedBy(flow.Metadata.Uid ?? "")
            .Concat(names.Select(n => cache.Get(new(flow.Metadata.Namespace, n))).OfType<TChild>())
            .DistinctBy(static c => c.Metadata.Name).ToValueList();
}
