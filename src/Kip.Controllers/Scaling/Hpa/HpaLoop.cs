using System.Collections.Concurrent;
using Kip.Client.Informers;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Scaling;
using Kip.Rules.Scaling.Hpa;
using Microsoft.Extensions.Logging;

namespace Kip.Controllers.Scaling.Hpa;

/// <summary>The autoscaler for CPU and memory: measures the pods of the revisions that ask for it, and decides every 15 s.</summary>
/// <remarks>
/// Costs nothing while no revision has the class <c>hpa.autoscaling.knative.dev</c>. Its decisions are carried out by the PodAutoscaler's reconciler.
/// </remarks>
public sealed partial class HpaLoop
{
    private readonly IPodUsage _usage;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IIndexer<Pod> _pods;
    private readonly ScalingCaches _caches;
    private readonly ConcurrentDictionary<NamespacedName, Entry> _entries = new();

    /// <param name="informers">The caches read here.</param>
    /// <param name="usage">Measures pods.</param>
    /// <param name="time">The clock of all decisions.</param>
    /// <param name="loggers">It logs as <c>Kip.Autoscaler</c>.</param>
    public HpaLoop(InformerSet informers, IPodUsage usage, TimeProvider time, ILoggerFactory loggers)
    {
        (_usage, _time) = (usage, time);
        _logger = loggers.CreateLogger("Kip.Autoscaler");
        _pods = informers.Get<Pod>();
        _caches = new ScalingCaches(informers, _logger);
    }

    /// <summary>Called when another number of pods is wanted for a revision than before. Must be quick.</summary>
    public event Action<NamespacedName>? Decided;

    /// <summary>Pods wanted; null before the first decision.</summary>
    public int? DesiredOf(NamespacedName revision) => _entries.TryGetValue(revision, out var entry) ? entry.Desired : null;

    /// <summary>From now on the revision is decided upon.</summary>
    public void Follow(NamespacedName revision) => _entries.TryAdd(revision, new Entry());

    /// <summary>The revision is gone, or of another class.</summary>
    public void Forget(NamespacedName revision) => _entries.TryRemove(revision, out _);

    /// <summary>Decides until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(HpaDecider.Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel)) Tick();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Stopped; the pods stay as they are.
        }
    }

    /// <summary>Decides for every revision that is followed.</summary>
    public void Tick()
    {
        if (_entries.IsEmpty) return;
        var ready = _entries.Keys.ToDictionary(static k => k, ReadyPods);
        var usage = _usage.Measure([.. ready.Values.SelectMany(static p => p).Select(static p => p.Metadata.Uid ?? "")]);
        foreach (var (key, pods) in ready)
            if (_entries.TryGetValue(key, out var entry)) Decide(key, entry, pods, usage);
    }

    private void Decide(NamespacedName key, Entry entry, Pod[] pods, IReadOnlyDictionary<string, PodUsage> usage)
    {
        if (_caches.Autoscaler(key) is not { } autoscaler) return;
        var view = _caches.View(autoscaler, default, null, _time.GetUtcNow());
        var spec = HpaSpec.For(AutoscalingAnnotations.Read(autoscaler.Metadata.Annotations), view.Config);
        var replicas = view.Target?.Spec.Replicas ?? 1;
        var desired = entry.Decider.Decide(spec, [.. pods.Select(p => HpaPods.Of(p, Found(p)))], replicas, view.Now);
        if (entry.Desired == desired) return;
        if (desired != replicas) LogDecided(key, replicas, desired, spec.Metric);
        entry.Desired = desired;
        Decided?.Invoke(key);

        (TimeSpan, long)? Found(Pod pod) => usage.TryGetValue(pod.Metadata.Uid ?? "", out var used) ? (used.CpuTime, used.MemoryBytes) : null;
    }

    private Pod[] ReadyPods(NamespacedName revision) =>
    [
        .. _pods.WithLabel(revision.Namespace, ScalingCaches.RevisionLabel, revision.Name)
            .Where(static p => p.Metadata.DeletionTimestamp is null && p.Status.Conditions.IsTrue("Ready")),
    ];

    private sealed class Entry
    {
        public HpaDecider Decider { get; } = new();

        public int? Desired { get; set; }
    }

    [LoggerMessage(503, LogLevel.Information, "Revision {revision}: {before} → {desired} pods wanted by {metric}")]
    private partial void LogDecided(NamespacedName revision, int before, int desired, string metric);
}
