using System.Collections.Concurrent;
using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>The cache behind an informer: objects by name, by controller owner, and by the labels that someone asked for.</summary>
/// <remarks>One writer, the informer. Readers see each object whole; an index may be a moment ahead of or behind another.</remarks>
internal sealed class Indexer<T> : IIndexer<T> where T : Resource, IResource
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<NamespacedName, T> _objects = new();
    private readonly IndexBuckets<string, T> _byOwner = new();
    private readonly ConcurrentDictionary<string, IndexBuckets<(string Namespace, string Value), T>> _byLabel = new();
    private T[]? _all;

    public T? Get(NamespacedName name) => _objects.TryGetValue(name, out var found) ? found : null;

    public IReadOnlyCollection<T> List()
    {
        if (Volatile.Read(ref _all) is { } all) return all;
        lock (_lock) return _all ??= [.. _objects.Values];
    }

    public IReadOnlyCollection<T> OwnedBy(string uid) => _byOwner.Get(uid);

    public IReadOnlyCollection<T> WithLabel(string @namespace, string label, string value) =>
        (_byLabel.TryGetValue(label, out var buckets) ? buckets : AddLabelIndex(label)).Get((@namespace, value));

    /// <summary>Stores an object and returns what it replaces.</summary>
    public T? Put(T item)
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

    /// <summary>Removes an object and returns it, if it was there.</summary>
    public T? Remove(NamespacedName name)
    {
        lock (_lock)
        {
            if (!_objects.TryRemove(name, out var old)) return null;
            _all = null;
            Reindex(old, null);
            return old;
        }
    }

    private void Reindex(T? old, T? item)
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

    private IndexBuckets<(string Namespace, string Value), T> AddLabelIndex(string label)
    {
        lock (_lock)
        {
            if (_byLabel.TryGetValue(label, out var present)) return present;
            var buckets = new IndexBuckets<(string Namespace, string Value), T>();
            foreach (var item in _objects.Values)
                if (item.Metadata.Labels.Get(label) is { } value) buckets.Put((item.Metadata.Namespace, value), item);
            _byLabel[label] = buckets;
            return buckets;
        }
    }
}
