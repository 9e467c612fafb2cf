using Kip.Client.Eventing;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Brokers;

namespace Kip.Controllers.Eventing;

/// <summary>Says of every Broker where it takes events in, and whether it can.</summary>
/// <param name="dataPlane">Null where none runs in this process: then every Broker counts as served.</param>
public sealed class BrokerReconciler(IEventDataPlane? dataPlane) : ObjectReconciler<Broker>
{
    private readonly ObjectTracker _configs = new();
    private IIndexer<ConfigMap> _maps = null!;
    private AddressableCaches _addressables = null!;
    private IngressEndpoints _ingress = null!;

    protected override void WatchOthers(IWatchBuilder watch)
    {
        _maps = watch.Related<ConfigMap>(_configs.Of);
        _addressables = new(watch);
        _ingress = new(watch, EventingNames.BrokerIngress, () => Objects.List().Select(static b => b.Key).ToArray());
        DataPlane.Follow(dataPlane, Kind, watch);
    }

    protected override Plan Plan(Broker broker, DateTimeOffset now)
    {
        return BrokerPlanner.Plan(new BrokerView
        {
            Broker = broker,
            Config = ConfigOf(broker),
            Referents = _addressables.Read(broker.Key, [broker.Spec.Delivery?.DeadLetterSink]),
            IsIngressUp = _ingress.IsUp,
            IsServed = DataPlane.TakesEventsFor(dataPlane, broker),
            IsDrained = DataPlane.IsDrained(dataPlane, broker),
            Now = now,
        });
    }

    protected override void Forget(NamespacedName key)
    {
        _configs.Set(key, []);
        _addressables.Forget(key);
    }

    private StringMap? ConfigOf(Broker broker)
    {
        if (broker.Spec.Config is not { Kind: "ConfigMap", Name.Length: > 0 } reference) return null;
        var key = new NamespacedName(string.IsNullOrEmpty(reference.Namespace) ? broker.Metadata.Namespace : reference.Namespace, reference.Name);
        _configs.Set(broker.Key, [(ConfigMap.Definition, key)]);
        return _maps.Get(key)?.Data;
    }
}
