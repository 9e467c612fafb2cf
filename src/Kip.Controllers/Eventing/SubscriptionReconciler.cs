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
public sealed class SubscriptionReconciler(IEventDataPlane? dataPlane) : ObjectReconciler<Subscription>
{
    private AddressableCaches _addressables = null!;

    protected override void WatchOthers(IWatchBuilder watch)
    {
        _addressables = new(watch);
        DataPlane.Follow(dataPlane, Kind, watch);
    }

    protected override Plan Plan(Subscription subscription, DateTimeOffset now)
    {
        var key = subscription.Key;
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

    protected override void Forget(NamespacedName key) => _addressables.Forget(key);
}
