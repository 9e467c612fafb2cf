using Kip.Resources;

namespace Kip.Controllers.Eventing;

/// <summary>Who wants to know when an object of any kind changes, even one that does not exist yet.</summary>
internal sealed class ObjectTracker
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(KindDefinition, NamespacedName), HashSet<NamespacedName>> _watchers = [];
    private readonly Dictionary<NamespacedName, (KindDefinition, NamespacedName)[]> _watched = [];

    /// <summary>
    /// Sets what one watcher refers to, in place of what it referred to before. Call it before reading, or a change may slip between.
    /// </summary>
    public void Set(NamespacedName watcher, IEnumerable<(KindDefinition Kind, NamespacedName Name)> references)
    {
        (KindDefinition, NamespacedName)[] wanted = [.. references.Distinct()];
        lock (_lock)
        {
            if (_watched.TryGetValue(watcher, out var before))
            {
                if (before.AsSpan().SequenceEqual(wanted)) return;
                foreach (var reference in before) Remove_NeedsLock(watcher, reference);
            }
            if (wanted.Length == 0) _watched.Remove(watcher);
            else _watched[watcher] = wanted;
            foreach (var reference in wanted)
            {
                if (!_watchers.TryGetValue(reference, out var watchers)) _watchers.Add(reference, watchers = []);
                watchers.Add(watcher);
            }
        }
    }

    /// <summary>Those who refer to an object.</summary>
    public IReadOnlyList<NamespacedName> Of(Resource resource)
    {
        lock (_lock) return _watchers.TryGetValue((resource.GetDefinition(), resource.Key), out var watchers) ? [.. watchers] : [];
    }

    private void Remove_NeedsLock(NamespacedName watcher, (KindDefinition, NamespacedName) reference)
    {
        if (!_watchers.TryGetValue(reference, out var watchers)) return;
        watchers.Remove(watcher);
        if (watchers.Count == 0) _watchers.Remove(reference);
    }
}
