using System.Runtime.InteropServices;
using Kip.Resources;

namespace Kip.Controllers.Serving;

/// <summary>Who wants to know when an object changes, even one that does not exist yet: a Route waiting for a Configuration.</summary>
internal sealed class ReferenceTracker
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, KeySet> _watchers = [];
    private readonly Dictionary<NamespacedName, NamespacedName[]> _watched = [];

    /// <summary>
    /// Sets what one watcher refers to, in place of what it referred to before. Call it before reading, or a change may slip between.
    /// </summary>
    public void Set(NamespacedName watcher, IEnumerable<NamespacedName> references)
    {
        NamespacedName[] wanted = [.. references.Distinct()];
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
    public IReadOnlyList<NamespacedName> Of(NamespacedName reference)
    {
        lock (_lock) return _watchers.TryGetValue(reference, out var watchers) ? watchers.ToArray() : [];
    }

    private void Remove_NeedsLock(NamespacedName watcher, NamespacedName reference)
    {
        ref var watchers = ref CollectionsMarshal.GetValueRefOrNullRef(_watchers, reference);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref watchers)) return;
        watchers.Remove(watcher);
        if (watchers.IsEmpty) _watchers.Remove(reference);
    }
}
