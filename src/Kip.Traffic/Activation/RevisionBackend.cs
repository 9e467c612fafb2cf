using System.Net;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Overload;
using Kip.Traffic.Routing;
using Kip.Traffic.Services;
using Kip.Traffic.Stats;

namespace Kip.Traffic.Activation;

/// <summary>One revision as the gateway sees it: its settings, its ready pods, who waits for them, and how busy it is. Or one port of a core Service.</summary>
/// <remarks>The table's splits point here; pods come and go without a new table.</remarks>
public sealed class RevisionBackend
{
    // As long as Knative's queue-proxy waits for quiet.
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Entry> _pods = [];
    private volatile RevisionSettings? _settings;
    private OverloadJudge? _judge;
    private KeyValuePair<string, object?>[]? _tags;
    private long _served;
    private SplitTarget? _whole;

    internal RevisionBackend(NamespacedName name, Breaker breaker, TimeProvider time, bool isRevision = true)
    {
        Name = name;
        _time = time;
        IsRevision = isRevision;
        Breaker = breaker;
        Meter = new(name, time);
    }

    public NamespacedName Name { get; }

    /// <summary>Whether an autoscaler is to hear of its load; a core Service has none.</summary>
    public bool IsRevision { get; }

    /// <value>Null when there is no such revision, or none yet.</value>
    public RevisionSettings? Settings => _settings;

    public Breaker Breaker { get; }

    public ConcurrencyMeter Meter { get; }

    /// <summary>Whether any pod takes requests now.</summary>
    public bool HasReadyPods => !Breaker.Pods.IsEmpty;

    /// <summary>What metrics and spans say of it, under Knative's names.</summary>
    internal KeyValuePair<string, object?>[] Tags => _tags ??= IsRevision
        ?
        [
            new("kn.revision.name", Name.Name), new("k8s.namespace.name", Name.Namespace), new("kn.service.name", Settings?.Service ?? ""),
            new("kn.configuration.name", Settings?.Configuration ?? ""),
        ]
        : [new("k8s.service.name", Name.Name), new("k8s.namespace.name", Name.Namespace)];

    /// <summary>When a client that is refused for want of capacity may come again, in seconds.</summary>
    public int RetryAfterSeconds { get; private set; } = 1;

    /// <summary>Ends a second: looks whether more come than can be served, and shortens the queue while that is so. Called by one loop.</summary>
    internal void Judge(int arrived)
    {
        var served = Breaker.Served;
        var pods = Breaker.Pods;
        var slots = 0;
        foreach (var pod in pods) slots += pod.Limit;
        var verdict = (_judge ??= new()).Tick(new(arrived, (int)(served - _served), Breaker.Waiting, pods.Length, slots, Settings?.MaxPods ?? 0));
        _served = served;
        RetryAfterSeconds = verdict.RetryAfterSeconds;
        if (verdict.Sheds) Breaker.Shed(verdict.QueueLimit);
        else if (Breaker.Sheds) Breaker.EndShedding();
    }

    /// <summary>Nobody has called for a second: what was seen before no longer counts.</summary>
    internal void ForgetLoad()
    {
        _judge = null;
        if (Breaker.Sheds) Breaker.EndShedding();
    }

    /// <summary>All requests to it, with nothing said about them: what its own name leads to.</summary>
    internal SplitTarget Whole => _whole ??= new(this);

    /// <summary>How many routes point here; kept by the owner of the route table.</summary>
    internal int References { get; set; }

    /// <summary>Whether nothing is known here any more and nobody needs it.</summary>
    internal bool IsUnused
    {
        get
        {
            lock (_lock) return References == 0 && _settings is null && _pods.Count == 0;
        }
    }

    /// <summary>The revision is there, or has changed.</summary>
    internal void SetSettings(RevisionSettings settings)
    {
        lock (_lock)
        {
            if (settings.ContainerConcurrency != _settings?.ContainerConcurrency || settings.Uid != _settings.Uid)
                foreach (var entry in _pods.Values) Retire(entry);
            if (settings.Service != _settings?.Service || settings.Configuration != _settings.Configuration) _tags = null;
            _settings = settings;
            Breaker.Reopen();
            Publish_NeedsLock();
        }
    }

    /// <summary>The revision is gone: who waits is told so.</summary>
    internal void ClearSettings()
    {
        lock (_lock)
        {
            _settings = null;
            Publish_NeedsLock();
        }
        Breaker.Close();
    }

    /// <summary>A pod is as it is now. Draining ones count as not ready.</summary>
    internal void SetPod(Pod pod, bool draining)
    {
        var address = draining ? null : PodAddress.OfReady(pod);
        lock (_lock)
        {
            var uid = pod.Metadata.Uid ?? "";
            if (_pods.TryGetValue(pod.Metadata.Name, out var entry) && entry.Uid == uid && Equals(entry.Address, address)) return;
            var left = entry is null ? Task.CompletedTask : Retire(entry);
            _pods[pod.Metadata.Name] = new(pod.Key, uid, address, pod.Status.Startup)
            {
                Revision = pod.Metadata.Labels.Get(ServingLabels.RevisionUid), Left = entry?.Uid == uid ? left : Task.CompletedTask,
            };
            Publish_NeedsLock();
        }
    }

    /// <summary>A pod is gone.</summary>
    internal void RemovePod(Pod pod)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(pod.Metadata.Name, out var entry) || entry.Uid != (pod.Metadata.Uid ?? "")) return;
            _pods.Remove(pod.Metadata.Name);
            Retire(entry);
            Publish_NeedsLock();
        }
    }

    /// <summary>Takes a pod out at once. Completes when its last request has gone.</summary>
    /// <remarks>WebSockets hold that up for half of the pod's time to end, at most 30 s.</remarks>
    internal Task DrainAsync(string pod, string uid)
    {
        lock (_lock)
        {
            if (!_pods.TryGetValue(pod, out var entry) || entry.Uid != uid) return Task.CompletedTask;
            var idle = Retire(entry);
            _pods[pod] = entry with { Address = null };
            Publish_NeedsLock();
            return idle;
        }
    }

    /// <summary>Exactly these addresses take requests now: of a core Service, which has no pods of its own to follow.</summary>
    internal void SetAddresses(RevisionSettings settings, IReadOnlyList<ServiceAddress> addresses)
    {
        lock (_lock)
        {
            _settings = settings;
            var named = addresses.DistinctBy(static a => a.Pod.Name).ToDictionary(static a => a.Pod.Name);
            foreach (var (name, entry) in _pods.ToArray())
                if (!named.TryGetValue(name, out var same) || same.Uid != entry.Uid || !same.EndPoint.Equals(entry.Known))
                {
                    Retire(entry);
                    _pods.Remove(name);
                }
            foreach (var (name, address) in named)
                if (!_pods.ContainsKey(name)) _pods[name] = new(address.Pod, address.Uid, address.EndPoint, null) { Known = address.EndPoint };
            Breaker.Reopen();
            Publish_NeedsLock();
        }
    }

    /// <summary>The Service is gone.</summary>
    internal void ClearAddresses()
    {
        SetAddresses(Settings ?? new(), []);
        ClearSettings();
    }

    /// <summary>How many requests a pod has now.</summary>
    internal int RequestsAt(string pod, string uid)
    {
        lock (_lock) return _pods.TryGetValue(pod, out var entry) && entry.Uid == uid ? entry.Tracker?.InFlight ?? 0 : 0;
    }

    private Task Retire(Entry entry)
    {
        var tracker = entry.Tracker;
        entry.Tracker = null;
        if (tracker is not null) entry.Left = BothAsync(entry.Left, tracker.LeaveAsync(_time, Quiet));
        return entry.Left;
    }

    // A pod has as long to end as a request may take; the other half is for the program to say good-bye in.
    private TimeSpan Quiet => (_settings?.Timeout ?? TimeSpan.Zero) / 2 is var half && half > TimeSpan.Zero && half < LongestQuiet ? half : LongestQuiet;

    // Not WhenAll, which goes on wherever the last of them ends.
    private static async Task BothAsync(Task one, Task other)
    {
        await one;
        await other;
    }

    private void Publish_NeedsLock()
    {
        var settings = _settings;
        var trackers = new List<PodTracker>(_pods.Count);
        foreach (var entry in _pods.Values)
        {
            if (settings is null || entry.Address is null) continue;
            // One that is left of a deleted revision of the same name runs other code.
            if (entry.Revision is { } revision && revision != settings.Uid) continue;
            trackers.Add(entry.Tracker ??= new(entry.Pod, entry.Uid, entry.Address, settings.ContainerConcurrency, entry.Startup));
        }
        Breaker.SetPods([.. trackers]);
    }

    private sealed record Entry(NamespacedName Pod, string Uid, IPEndPoint? Address, PodStartup? Startup)
    {
        public PodTracker? Tracker { get; set; }

        /// <summary>The uid of the revision that it was made for; null when it does not say.</summary>
        public string? Revision { get; init; }

        /// <summary>A Service's address as it was told; stays while a drain takes it out.</summary>
        public IPEndPoint? Known { get; init; }

        /// <summary>Completes when the trackers this pod had before are idle.</summary>
        public Task Left { get; set; } = Task.CompletedTask;
    }
}
