using System.Collections.Concurrent;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.Pods;

/// <summary>One worker per pod of this machine: begun when the pod is seen, gone when it is.</summary>
internal sealed class PodWorkers(PodHost host)
{
    private readonly ConcurrentDictionary<string, PodWorker> _byUid = new();
    private readonly ConcurrentDictionary<NamespacedName, PodWorker> _byName = new();
    private readonly ConcurrentDictionary<PodWorker, bool> _running = new();
    private volatile bool _stopping;

    /// <summary>The worker of the pod that has this name now, or null.</summary>
    public PodWorker? Find(NamespacedName pod) => _byName.GetValueOrDefault(pod);

    /// <summary>Called by the informer for every change of a pod, one at a time.</summary>
    public void OnChange(ResourceChange<Pod> change)
    {
        var pod = change.Object;
        var uid = pod.Metadata.Uid ?? "";
        if (change.IsDeleted)
        {
            if (_byUid.TryRemove(uid, out var worker)) worker.Post(new PodMessage.Gone());
            return;
        }
        if (_byUid.TryGetValue(uid, out var known)) known.Post(new PodMessage.Seen(pod));
        else if (!_stopping && IsOurs(pod)) Begin(uid, pod);
    }

    /// <summary>Ends all pods' processes at once, each as gracefully as it may.</summary>
    /// <param name="hurry">When cancelled, what still runs is killed.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        _stopping = true;
        PodWorker[] all = [.. _running.Keys];
        foreach (var worker in all) worker.Post(new PodMessage.Stop());
        await using var kill = hurry.Register(() =>
        {
            foreach (var worker in all) worker.Hurry();
        });
        await Task.WhenAll(all.Select(static w => w.Completion));
    }

    private bool IsOurs(Pod pod) => pod.Spec.NodeName is null or "" ? !pod.IsTerminating : pod.Spec.NodeName == host.Options.NodeName;

    private void Begin(string uid, Pod pod)
    {
        var worker = new PodWorker(host, pod);
        _byUid[uid] = worker;
        _byName[pod.Key] = worker;
        _running[worker] = true;
        _ = ForgetAsync(uid, pod, worker);
    }

    private async Task ForgetAsync(string uid, Pod pod, PodWorker worker)
    {
        await worker.Completion;
        _running.TryRemove(worker, out _);
        _byName.TryRemove(new(pod.Key, worker));
        // One that did its work is remembered until the cache has seen the pod go: late news of the pod must not begin another.
        if (worker.HasFailed) _byUid.TryRemove(new(uid, worker));
    }
}
