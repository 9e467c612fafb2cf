using System.Collections.Concurrent;
using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>Objects by some key of theirs, several to a key. Written by one at a time, read by anyone without waiting.</summary>
/// <remarks>A bucket is an array that is replaced, never changed: what a reader was given stays as it was.</remarks>
internal sealed class IndexBuckets<TKey, T> where TKey : notnull where T : Resource
{
    private readonly ConcurrentDictionary<TKey, T[]> _buckets = new();

    public T[] Get(TKey key) => _buckets.TryGetValue(key, out var bucket) ? bucket : [];

    /// <summary>Adds an object, or replaces the one of the same name.</summary>
    public void Put(TKey key, T item)
    {
        var bucket = Get(key);
        var at = Find(bucket, item.Key);
        if (at >= 0)
        {
            bucket = [.. bucket];
            bucket[at] = item;
        }
        else
        {
            bucket = [.. bucket, item];
        }
        _buckets[key] = bucket;
    }

    public void Remove(TKey key, NamespacedName name)
    {
        var bucket = Get(key);
        var at = Find(bucket, name);
        if (at < 0) return;
        if (bucket.Length == 1) _buckets.TryRemove(key, out _);
        else _buckets[key] = [.. bucket.AsSpan(0, at), .. bucket.AsSpan(at + 1)];
    }

    private static int Find(T[] bucket, NamespacedName name) => Array.FindIndex(bucket, item => item.Key == name);
}
