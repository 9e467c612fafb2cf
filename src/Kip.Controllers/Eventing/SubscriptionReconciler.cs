using Kip.Client.Eventing;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Subscriptions;

namespace Kip.Controllers.Eventing;

/// <summary>Resolves every Subscription, and says whether its channel delivers by it.</summary>
/// <param name="dataPlane">Null where none runs in this process.</param>
public sealed class SubscriptionReconciler(IEventDataPlane? dataPlane) : IReconciler
{
    private IIndexer<Subscription> _subscriptions = null!;
    private AddressableCaches _addressables = null!;

    public KindDefinition Kind => Subscription.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _subscriptions = watch.Own<Subscription>();
        _addressables = new(watch);
        DataPlane.Follow(dataPlane, Kind, watch);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_subscriptions.Get(key) is not { } subscription)
        {
            _addressables.Forget(key);
            return Resources.Planning.Plan.Nothing;
        }
        var named = SubscribedChannel.KeyOf(subscription);
        (KindDefinition, NamespacedName) channel = (Channel.Definition, named);
        (KindDefinition, NamespacedName) backing = (InMemoryChannel.Definition, named);
        var isChannel = SubscribedChannel.IsOf(subscription, Channel.Definition);
        var referents = _addressables.Read(
            key, [subscription.Spec.Subscriber, subscription.Spec.Reply, subscription.Spec.Delivery?.DeadLetterSink],
            isChannel ? [channel, backing] : [backing]);
        return SubscriptionPlanner.Plan(new SubscriptionView
        {
            Subscription = subscription,
            Channel = isChannel ? (Channel?)_addressables.Get(channel) : null,
            Backing = (InMemoryChannel?)_addressables.Get(backing),
            Referents = referents,
            IsDrained = DataPlane.IsDrained(dataPlane, subscription),
            Now = now,
        });
    }
}
