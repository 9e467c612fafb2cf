using System.Runtime.InteropServices;
using Kip.Resources;

namespace Kip.Controllers;

/// <summary>Who wants to know when an object changes, even one that does not exist yet: a Route waiting for a Configuration.</summary>
/// <typeparam name="T">What tells one object from another: its name where the kind is known, else both.</typeparam>
internal class ReferenceTracker<T> where T : notnull, IEquatable<T>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<T, KeySet> _watchers = [];
    private readonly Dictionary<NamespacedName, T[]> _watched = [];

    /// <summary>
    /// Sets what one watcher refers to, in place of what it referred to before. Call it before reading, or a change may slip between.
    /// </summary>
    public void Set(NamespacedName watcher, IEnumerable<T> references)
    {
        T[] wanted = [.. references.Distinct()];
        lock (_lock)
        {
            if (_watched.TryGetValue(watcher, out var before))
            {
                if (before.AsSpan().SequenceEqual(wanted)) return;
                foreach (var reference in before) Remove_NeedsLock(watcher, reference);
            }
            if (wanted.Length == 0) _watched.Remove(watcher);
            else _watched[watcher] = wanted;
            foreach (var reference in wanted) CollectionsMarshal.GetValueRefOrAddDefault(_watchers, reference, out _).Add(watcher);
        }
    }

    /// <summary>Those who refer to an object.</summary>
    public IReadOnlyList<NamespacedName> Of(T reference)
    {
        lock (_lock) return _watchers.TryGetValue(reference, out var watchers) ? watchers.ToArray() : [];
    }

    private void Remove_NeedsLock(NamespacedName watcher, T reference)
    {
        ref var watchers = ref CollectionsMarshal.GetValueRefOrNullRef(_watchers, reference);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref watchers)) return;
        watchers.Remove(watcher);
        if (watchers.IsEmpty) _watchers.Remove(reference);
    }
}
