using Kip.Client.Eventing;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Triggers;

namespace Kip.Controllers.Eventing;

/// <summary>Says of every Trigger where its events go, and whether they do.</summary>
/// <param name="dataPlane">Null where none runs in this process: then every Trigger counts as served.</param>
public sealed class TriggerReconciler(IEventDataPlane? dataPlane) : ObjectReconciler<Trigger>
{
    private AddressableCaches _addressables = null!;

    protected override void WatchOthers(IWatchBuilder watch)
    {
        _addressables = new(watch);
        DataPlane.Follow(dataPlane, Kind, watch);
    }

    protected override Plan Plan(Trigger trigger, DateTimeOffset now)
    {
        var key = trigger.Key;
        // The Broker is watched as what the Trigger refers to, too: it may come later.
        (KindDefinition, NamespacedName) broker = (Broker.Definition, BrokerOfTrigger.Of(trigger));
        var dependency = DependencyCheck.Of(trigger);
        var referents = _addressables.Read(
            key, [trigger.Spec.Subscriber, trigger.Spec.Delivery?.DeadLetterSink], dependency is { } named ? [broker, named] : [broker]);
        return TriggerPlanner.Plan(new TriggerView
        {
            Trigger = trigger,
            Broker = (Broker?)_addressables.Get(broker),
            Dependency = dependency is { } needed ? _addressables.Get(needed) : null,
            Referents = referents,
            IsServedElsewhere = dataPlane is null,
            ServedUri = dataPlane?.SubscriberOf(trigger.Metadata.Uid ?? ""),
            IsDrained = DataPlane.IsDrained(dataPlane, trigger),
            Now = now,
        });
    }

    protected override void Forget(NamespacedName key) => _addressables.Forget(key);
}
