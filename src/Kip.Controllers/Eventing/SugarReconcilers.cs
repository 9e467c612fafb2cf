using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.Brokers;
using Kip.Rules.Eventing.Triggers;

namespace Kip.Controllers.Eventing;

/// <summary>Gives a namespace its Broker <c>default</c>, where <c>config-sugar</c> asks for it.</summary>
public sealed class NamespaceSugarReconciler : IReconciler
{
    private IIndexer<Namespace> _namespaces = null!;
    private IIndexer<Broker> _brokers = null!;
    private EventingConfigCache _config = null!;

    public KindDefinition Kind => Namespace.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _namespaces = watch.Own<Namespace>();
        _brokers = watch.Related<Broker>(static b => [new("", b.Metadata.Namespace)]);
        _config = new(watch.Related<ConfigMap>(map => EventingConfigCache.Reads(map) ? _namespaces.List().Select(static n => n.Key).ToArray() : []));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now) => _namespaces.Get(key) is { } space
        ? SugarPlanner.Plan(space, _brokers.Get(new(key.Name, "default")), _config.Current.Sugar)
        : Resources.Planning.Plan.Nothing;
}

/// <summary>Makes the Broker that a Trigger names, where <c>config-sugar</c> asks for it.</summary>
public sealed class TriggerSugarReconciler : IReconciler
{
    private readonly ObjectTracker _tracker = new();
    private IIndexer<Trigger> _triggers = null!;
    private IIndexer<Broker> _brokers = null!;
    private EventingConfigCache _config = null!;

    public KindDefinition Kind => Trigger.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _triggers = watch.Own<Trigger>();
        _brokers = watch.Related<Broker>(_tracker.Of);
        _config = new(watch.Related<ConfigMap>(map => EventingConfigCache.Reads(map) ? _triggers.List().Select(static t => t.Key).ToArray() : []));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_triggers.Get(key) is not { } trigger)
        {
            _tracker.Set(key, []);
            return Resources.Planning.Plan.Nothing;
        }
        var broker = BrokerOfTrigger.Of(trigger);
        _tracker.Set(key, [(Broker.Definition, broker)]);
        return SugarPlanner.Plan(trigger, _brokers.Get(broker), _config.Current.Sugar);
    }
}
