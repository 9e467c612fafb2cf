using System.Collections.Concurrent;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Traffic.Activation;

/// <summary>All revisions the gateway knows of, kept as the caches change. Fed by one projection; read from anywhere.</summary>
public sealed class RevisionBackends(Func<NamespacedName, RevisionBackend> create)
{
    // A pod may be drained before its readiness has come through the cache; remembered until its end is seen, so many at most.
    private const int MaxDraining = 100_000;

    private readonly ConcurrentDictionary<NamespacedName, RevisionBackend> _all = [];
    private readonly ConcurrentDictionary<string, RevisionBackend> _byPod = [];
    private readonly ConcurrentDictionary<string, bool> _draining = [];

    public int Count => _all.Count;

    public RevisionBackend? Find(NamespacedName name) => _all.GetValueOrDefault(name);

    /// <summary>The revision of this name, as an empty place when it is not known yet.</summary>
    public RevisionBackend GetOrAdd(NamespacedName name) => _all.GetOrAdd(name, create);

    public void Set(Revision revision) => GetOrAdd(revision.Key).SetSettings(RevisionSettings.Of(revision));

    public void Remove(Revision revision)
    {
        if (!_all.TryGetValue(revision.Key, out var backend) || backend.Settings?.Uid != (revision.Metadata.Uid ?? "")) return;
        backend.ClearSettings();
        ForgetIfUnused(backend);
    }

    /// <summary>A pod of some revision, or of none, is as it is now.</summary>
    public void Set(Pod pod)
    {
        if (RevisionOf(pod) is not { } revision) return;
        var uid = pod.Metadata.Uid ?? "";
        var backend = GetOrAdd(revision);
        _byPod[uid] = backend;
        backend.SetPod(pod, _draining.ContainsKey(uid));
    }

    public void Remove(Pod pod)
    {
        var uid = pod.Metadata.Uid ?? "";
        _draining.TryRemove(uid, out _);
        if (!_byPod.TryRemove(uid, out var backend)) return;
        backend.RemovePod(pod);
        ForgetIfUnused(backend);
    }

    /// <summary>Takes a pod out at once. Completes when its last request has gone.</summary>
    public Task DrainAsync(NamespacedName pod, string uid)
    {
        if (_draining.Count < MaxDraining) _draining[uid] = true;
        return _byPod.TryGetValue(uid, out var backend) ? backend.DrainAsync(pod.Name, uid) : Task.CompletedTask;
    }

    /// <summary>How many requests a pod has now.</summary>
    public int RequestsAt(NamespacedName pod, string uid) => _byPod.TryGetValue(uid, out var backend) ? backend.RequestsAt(pod.Name, uid) : 0;

    /// <summary>Drops a place that nothing fills and no route needs.</summary>
    internal void ForgetIfUnused(RevisionBackend backend)
    {
        if (backend.IsUnused) _all.TryRemove(KeyValuePair.Create(backend.Name, backend));
    }

    private static NamespacedName? RevisionOf(Pod pod) =>
        pod.Metadata.Labels.Get(PodAddress.RevisionLabel) is { Length: > 0 } name ? new(pod.Metadata.Namespace, name) : null;
}
