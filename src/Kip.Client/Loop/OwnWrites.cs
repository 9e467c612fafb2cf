using Kip.Client.Informers;
using Kip.Resources;

namespace Kip.Client.Loop;

/// <summary>What a loop has written for each key and its caches have not shown yet: until they have, planning again would repeat it.</summary>
internal sealed class OwnWrites
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, List<Write>> _writes = [];
    private readonly HashSet<NamespacedName> _parked = [];

    /// <summary>Remembers that an object was written and got this version.</summary>
    public void Written(NamespacedName key, IInformer informer, Resource stored) => Add(key, new(informer, stored, Deleted: false));

    /// <summary>Remembers that an object was deleted.</summary>
    public void Deleted(NamespacedName key, IInformer informer, Resource deleted) => Add(key, new(informer, deleted, Deleted: true));

    /// <summary>Whether the caches show everything written for the key. If not, the key is parked: <see cref="Release"/> gives it back.</summary>
    public bool AreSeen(NamespacedName key)
    {
        lock (_lock)
        {
            if (AreSeen_NeedsLock(key)) return true;
            _parked.Add(key);
            // The last change may have come between the look and the parking.
            if (!AreSeen_NeedsLock(key)) return false;
            _parked.Remove(key);
            return true;
        }
    }

    /// <summary>Gives the parked keys whose writes have been seen by now.</summary>
    public IReadOnlyList<NamespacedName> Release()
    {
        lock (_lock)
        {
            if (_parked.Count == 0) return [];
            NamespacedName[] released = [.. _parked.Where(AreSeen_NeedsLock)];
            foreach (var key in released) _parked.Remove(key);
            return released;
        }
    }

    private void Add(NamespacedName key, Write write)
    {
        if (write.IsSeen()) return;
        lock (_lock)
        {
            if (!_writes.TryGetValue(key, out var writes)) _writes.Add(key, writes = []);
            writes.Add(write);
        }
    }

    private bool AreSeen_NeedsLock(NamespacedName key)
    {
        if (!_writes.TryGetValue(key, out var writes)) return true;
        writes.RemoveAll(static write => write.IsSeen());
        if (writes.Count > 0) return false;
        _writes.Remove(key);
        return true;
    }

    private sealed record Write(IInformer Informer, Resource Object, bool Deleted)
    {
        public bool IsSeen()
        {
            if (!Deleted) return Informer.HasSeen(Object.Key, Object.Metadata.ResourceVersion ?? "");
            var cached = Informer.Get(Object.Key);
            return cached is null || cached.Metadata.DeletionTimestamp is not null || cached.Metadata.Uid != Object.Metadata.Uid;
        }
    }
}
