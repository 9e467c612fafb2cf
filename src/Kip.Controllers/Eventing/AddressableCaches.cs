using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Serving;
using Kip.Rules.Eventing.Destinations;
using KnativeService = Kip.Resources.Serving.Service;
using Parallel = Kip.Resources.Flows.Parallel;
using Service = Kip.Resources.Core.Service;

namespace Kip.Controllers.Eventing;

/// <summary>The caches of everything that events can be sent to; whoever refers to an object is looked at again when it changes.</summary>
internal sealed class AddressableCaches
{
    private readonly ObjectTracker _tracker = new();
    private readonly Dictionary<KindDefinition, Func<NamespacedName, Resource?>> _caches = [];

    public AddressableCaches(IWatchBuilder watch)
    {
        Add<Service>(watch);
        Add<KnativeService>(watch);
        Add<Route>(watch);
        Add<Broker>(watch);
        Add<Channel>(watch);
        Add<InMemoryChannel>(watch);
        Add<Sequence>(watch);
        Add<Parallel>(watch);
    }

    /// <summary>Notes what an object refers to, in place of what it referred to before, and reads it.</summary>
    /// <param name="owner">The object that refers.</param>
    /// <param name="also">Objects referred to in another way.</param>
    public Referents Read(
        NamespacedName owner, IEnumerable<Destination?> destinations, IEnumerable<(KindDefinition Kind, NamespacedName Name)>? also = null)
    {
        (KindDefinition Kind, NamespacedName Name)[] named = [.. Referents.Named(owner.Namespace, destinations), .. also ?? []];
        _tracker.Set(owner, named);
        return new Referents(named.Distinct().Select(Get).OfType<Resource>().ToValueList());
    }

    /// <summary>Forgets what an object referred to.</summary>
    public void Forget(NamespacedName owner) => _tracker.Set(owner, []);

    /// <summary>One object, or null.</summary>
    public Resource? Get((KindDefinition Kind, NamespacedName Name) named) =>
        _caches.TryGetValue(named.Kind, out var get) ? get(named.Name) : null;

    /// <summary>Also looks at objects of a kind without an address.</summary>
    public void Add<T>(IWatchBuilder watch) where T : Resource, IResource =>
        _caches.Add(T.Definition, watch.Related<T>(_tracker.Of).Get);
}
