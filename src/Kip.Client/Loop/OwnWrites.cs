using Kip.Client.Informers;
using Kip.Resources;

namespace Kip.Client.Loop;

/// <summary>What a loop has written for each key and its caches have not shown yet: until they have, planning again would repeat it.</summary>
internal sealed class OwnWrites
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, List<Write>> _writes = [];
    private readonly HashSet<NamespacedName> _parked = [];
    // Which parked keys a change of an object may free: looking at all of them at every change would cost the square of their number.
    private readonly Dictionary<(KindDefinition Kind, NamespacedName Name), HashSet<NamespacedName>> _waiting = [];

    /// <summary>Remembers that an object was written and got this version.</summary>
    public void Written(NamespacedName key, Informer informer, Resource stored) => Add(key, new(informer, stored, Deleted: false));

    /// <summary>Remembers that an object was deleted.</summary>
    public void Deleted(NamespacedName key, Informer informer, Resource deleted) => Add(key, new(informer, deleted, Deleted: true));

    /// <summary>Whether the caches show everything written for the key. If not, the key is parked: <see cref="Release"/> gives it back.</summary>
    public bool AreSeen(NamespacedName key)
    {
        lock (_lock)
        {
            if (!AreSeen_NeedsLock(key))
            {
                _parked.Add(key);
                Await_NeedsLock(key);
                // The last change may have come between the look and the parking.
                if (!AreSeen_NeedsLock(key)) return false;
            }
            _parked.Remove(key);
            return true;
        }
    }

    /// <summary>Gives the keys that were parked for want of this object's change and have nothing else to wait for.</summary>
    public IReadOnlyList<NamespacedName> Release(KindDefinition kind, NamespacedName changed)
    {
        lock (_lock)
        {
            if (!_waiting.Remove((kind, changed), out var keys)) return [];
            var released = new List<NamespacedName>();
            foreach (var key in keys)
            {
                if (!_parked.Contains(key)) continue;
                if (!AreSeen_NeedsLock(key))
                {
                    Await_NeedsLock(key);
                    continue;
                }
                _parked.Remove(key);
                released.Add(key);
            }
            return released;
        }
    }

    private void Await_NeedsLock(NamespacedName key)
    {
        foreach (var write in _writes[key])
        {
            var awaited = (write.Informer.Kind, write.Object.Key);
            if (!_waiting.TryGetValue(awaited, out var keys)) _waiting.Add(awaited, keys = []);
            keys.Add(key);
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

    private sealed record Write(Informer Informer, Resource Object, bool Deleted)
    {
        public bool IsSeen()
        {
            if (!Deleted) return Informer.HasSeen(Object.Key, Object.Metadata.ResourceVersion ?? "");
            var cached = Informer.Objects.Get(Object.Key);
            return cached is null || cached.Metadata.DeletionTimestamp is not null || cached.Metadata.Uid != Object.Metadata.Uid;
        }
    }
}
