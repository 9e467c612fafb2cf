using System.Collections.Concurrent;
using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>Objects by some key of theirs, several to a key. Written by one at a time, read by anyone without waiting.</summary>
/// <remarks>A bucket is an array that is replaced, never changed: what a reader was given stays as it was.</remarks>
/// <param name="makeArray">Makes buckets: arrays of the objects' own type, with room for as many.</param>
internal sealed class IndexBuckets<TKey>(Func<int, Resource[]> makeArray) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Resource[]> _buckets = new();
    private readonly Resource[] _none = makeArray(0);

    public Resource[] Get(TKey key) => _buckets.GetValueOrDefault(key, _none);

    /// <summary>Adds an object, or replaces the one of the same name.</summary>
    public void Put(TKey key, Resource item)
    {
        var bucket = Get(key);
        var at = Find(bucket, item.Key);
        var after = makeArray(at < 0 ? bucket.Length + 1 : bucket.Length);
        bucket.CopyTo(after, 0);
        after[at < 0 ? bucket.Length : at] = item;
        _buckets[key] = after;
    }

    public void Remove(TKey key, NamespacedName name)
    {
        var bucket = Get(key);
        var at = Find(bucket, name);
        if (at < 0) return;
        if (bucket.Length == 1)
        {
            _buckets.TryRemove(key, out _);
            return;
        }
        var after = makeArray(bucket.Length - 1);
        Array.Copy(bucket, after, at);
        Array.Copy(bucket, at + 1, after, at, after.Length - at);
        _buckets[key] = after;
    }

    private static int Find(Resource[] bucket, NamespacedName name) => Array.FindIndex(bucket, item => item.Key == name);
}
