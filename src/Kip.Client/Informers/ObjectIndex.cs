using System.Collections.Concurrent;
using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>The cache behind an informer: objects by name, by controller owner, and by the labels that someone asked for.</summary>
/// <remarks>
/// One writer, the informer. Readers see each object whole; an index may be a moment ahead of or behind another. It does not know its objects' type,
/// so that the runtime loads its collections, of which each is some twenty types, once and not for every kind.
/// </remarks>
/// <param name="makeArray">Makes arrays of the objects' own type, which <see cref="Indexer{T}"/> hands out as they are.</param>
internal sealed class ObjectIndex(Func<int, Resource[]> makeArray)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<NamespacedName, Resource> _objects = new();
    private readonly IndexBuckets<string> _byOwner = new(makeArray);
    private readonly ConcurrentDictionary<string, IndexBuckets<(string Namespace, string Value)>> _byLabel = new();
    private Resource[]? _all;

    public Resource? Get(NamespacedName name) => _objects.GetValueOrDefault(name);

    public Resource[] List()
    {
        if (Volatile.Read(ref _all) is { } all) return all;
        lock (_lock) return _all ??= ToArray_NeedsLock();
    }

    public Resource[] OwnedBy(string uid) => _byOwner.Get(uid);

    public Resource[] WithLabel(string @namespace, string label, string value) =>
        (_byLabel.TryGetValue(label, out var buckets) ? buckets : AddLabelIndex(label)).Get((@namespace, value));

    /// <summary>Stores an object and returns what it replaces.</summary>
    public Resource? Put(Resource item)
    {
        lock (_lock)
        {
            var old = Get(item.Key);
            _objects[item.Key] = item;
            _all = null;
            Reindex(old, item);
            return old;
        }
    }

    /// <summary>Removes an object, if it is there.</summary>
    public void Remove(NamespacedName name)
    {
        lock (_lock)
        {
            if (!_objects.TryRemove(name, out var old)) return;
            _all = null;
            Reindex(old, null);
        }
    }

    private Resource[] ToArray_NeedsLock()
    {
        var all = makeArray(_objects.Count);
        var at = 0;
        foreach (var (_, item) in _objects) all[at++] = item;
        return all;
    }

    private void Reindex(Resource? old, Resource? item)
    {
        var oldOwner = old?.ControllerOwner()?.Uid;
        var owner = item?.ControllerOwner()?.Uid;
        if (oldOwner is not null && oldOwner != owner) _byOwner.Remove(oldOwner, old!.Key);
        if (owner is not null) _byOwner.Put(owner, item!);
        foreach (var (label, buckets) in _byLabel)
        {
            var oldValue = old?.Metadata.Labels.Get(label);
            var value = item?.Metadata.Labels.Get(label);
            if (oldValue is not null && oldValue != value) buckets.Remove((old!.Metadata.Namespace, oldValue), old.Key);
            if (value is not null) buckets.Put((item!.Metadata.Namespace, value), item);
        }
    }

    private IndexBuckets<(string Namespace, string Value)> AddLabelIndex(string label)
    {
        lock (_lock)
        {
            if (_byLabel.TryGetValue(label, out var present)) return present;
            var buckets = new IndexBuckets<(string Namespace, string Value)>(makeArray);
            foreach (var (_, item) in _objects)
                if (item.Metadata.Labels.Get(label) is { } value) buckets.Put((item.Metadata.Namespace, value), item);
            _byLabel[label] = buckets;
            return buckets;
        }
    }
}
