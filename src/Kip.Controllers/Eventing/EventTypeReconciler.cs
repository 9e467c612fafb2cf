using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Eventing.EventTypes;

namespace Kip.Controllers.Eventing;

/// <summary>Says of every EventType whether the thing that its events come from exists.</summary>
public sealed class EventTypeReconciler : IReconciler
{
    private IIndexer<EventType> _types = null!;
    private AddressableCaches _addressables = null!;

    public KindDefinition Kind => EventType.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _types = watch.Own<EventType>();
        _addressables = new(watch);
        _addressables.Add<Trigger>(watch);
        _addressables.Add<Subscription>(watch);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_types.Get(key) is not { Metadata.DeletionTimestamp: null } type)
        {
            _addressables.Forget(key);
            return Resources.Planning.Plan.Nothing;
        }
        var referents = _addressables.Read(key, [], EventTypePlanner.ReferentOf(type) is { } referent ? [referent] : []);
        return EventTypePlanner.Plan(new EventTypeView { Type = type, Referent = referents.Found.IsEmpty ? null : referents.Found[0], Now = now });
    }
}
