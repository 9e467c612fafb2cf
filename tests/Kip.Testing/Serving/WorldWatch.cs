using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;

namespace Kip.Testing.Serving;

/// <summary>A reconciler's view of a <see cref="ServingWorld"/>: caches that are always current, and changes that enqueue keys.</summary>
internal sealed class WorldWatch(ServingWorld world, KindDefinition kind, Action<NamespacedName> enqueue) : IWatchBuilder
{
    private readonly List<(KindDefinition Kind, Func<Resource, IEnumerable<NamespacedName>> Keys, Func<Resource, Resource, bool>? Matters)> _subscriptions = [];

    public IIndexer<T> Own<T>() where T : Resource, IResource => Watch<T>(static resource => [resource.Key]);

    public IIndexer<T> OwnedBy<T>(Func<T, T, bool>? matters = null) where T : Resource, IResource =>
        Watch<T>(resource => resource.ControllerOwner(kind) is { } owner ? [owner] : [], matters);

    public IIndexer<T> Related<T>(Func<T, IEnumerable<NamespacedName>> keys, Func<T, T, bool>? matters = null) where T : Resource, IResource =>
        Watch<T>(keys, matters);

    public void Enqueue(NamespacedName key) => enqueue(key);

    public void Changed(Resource? old, Resource? now)
    {
        var changed = (now ?? old)!.GetDefinition();
        foreach (var (of, keys, matters) in _subscriptions)
        {
            if (of != changed || (matters is not null && old is not null && now is not null && !matters(old, now))) continue;
            foreach (var key in (old is null ? [] : keys(old)).Concat(now is null ? [] : keys(now))) enqueue(key);
        }
    }

    private WorldIndexer<T> Watch<T>(Func<T, IEnumerable<NamespacedName>> keys, Func<T, T, bool>? matters = null) where T : Resource, IResource
    {
        _subscriptions.Add((T.Definition, resource => keys((T)resource), matters is null ? null : (old, now) => matters((T)old, (T)now)));
        return new WorldIndexer<T>(world);
    }
}

internal sealed class WorldIndexer<T>(ServingWorld world) : IIndexer<T> where T : Resource, IResource
{
    public T? Get(NamespacedName name) => world.Find<T>(name);

    public IReadOnlyCollection<T> List() => world.Shuffled<T>();

    public IReadOnlyCollection<T> OwnedBy(string uid) => [.. world.Shuffled<T>().Where(o => o.Metadata.Controller()?.Uid == uid)];

    public IReadOnlyCollection<T> WithLabel(string @namespace, string label, string value) =>
        [.. world.Shuffled<T>().Where(o => o.Metadata.Namespace == @namespace && o.Metadata.Labels.Get(label) == value)];
}
