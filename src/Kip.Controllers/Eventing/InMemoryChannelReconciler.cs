using Kip.Client.Eventing;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Channels;

namespace Kip.Controllers.Eventing;

/// <summary>Keeps every InMemoryChannel's name on the network, and its list of subscribers.</summary>
/// <param name="dataPlane">Null where none runs in this process: then every channel and subscriber counts as served.</param>
public sealed class InMemoryChannelReconciler(IEventDataPlane? dataPlane) : ObjectReconciler<InMemoryChannel>
{
    private readonly SubscriptionIndex _index = new();
    private IIndexer<Service> _services = null!;
    private IIndexer<Subscription> _subscriptions = null!;
    private AddressableCaches _addressables = null!;
    private IngressEndpoints _dispatcher = null!;

    protected override void WatchOthers(IWatchBuilder watch)
    {
        _services = watch.OwnedBy<Service>();
        _subscriptions = watch.Related<Subscription>(_index.Note);
        _addressables = new(watch);
        _dispatcher = new(watch, EventingNames.ChannelDispatcher, () => Objects.List().Select(static c => c.Key).ToArray());
        DataPlane.Follow(dataPlane, Kind, watch);
    }

    protected override Plan Plan(InMemoryChannel channel, DateTimeOffset now)
    {
        var key = channel.Key;
        // The Service's name is watched as what the channel refers to: it may be somebody else's.
        (KindDefinition, NamespacedName) service = (Service.Definition, ChannelService.KeyOf(key));
        var referents = _addressables.Read(key, [channel.Spec.Delivery?.DeadLetterSink], [service]);
        var subscriptions = _index.Of(channel, _subscriptions);
        return InMemoryChannelPlanner.Plan(new InMemoryChannelView
        {
            Channel = channel,
            Service = _services.Get(ChannelService.KeyOf(key)),
            Subscriptions = subscriptions,
            Referents = referents,
            HasDispatcherService = _dispatcher.Exists,
            IsDispatcherUp = _dispatcher.IsUp,
            IsServedElsewhere = dataPlane is null,
            IsServed = DataPlane.TakesEventsFor(dataPlane, channel),
            ServedUris = StringMap.From(subscriptions.Select(ServedUri).OfType<KeyValuePair<string, string>>()),
            IsDrained = DataPlane.IsDrained(dataPlane, channel),
            Now = now,
        });
    }

    protected override void Forget(NamespacedName key) => _addressables.Forget(key);

    private KeyValuePair<string, string>? ServedUri(Subscription subscription) =>
        dataPlane?.SubscriberOf(subscription.Metadata.Uid ?? "") is { } uri ? new(subscription.Metadata.Uid!, uri) : null;
}
