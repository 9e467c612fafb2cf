using System.Collections.Concurrent;
using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Rules.Scaling;
using Microsoft.Extensions.Logging;

namespace Kip.Controllers.Scaling;

/// <summary>All revisions' deciders, and which of them are awake. One caller at a time; the entries may be read by anybody.</summary>
internal sealed partial class Deciders(ScalingCaches caches, ScaleWriter writer, TimeProvider time, ILogger logger, Action<NamespacedName> decided)
{
    private readonly ConcurrentDictionary<NamespacedName, DeciderEntry> _entries = new();
    private readonly HashSet<DeciderEntry> _awake = [];
    private readonly List<DeciderEntry> _due = [];
    private readonly Dictionary<DeciderSpec, DeciderSpec> _specs = [];
    private volatile int _awakeCount;

    public IReadOnlyDictionary<NamespacedName, DeciderEntry> Entries => _entries;

    public int AwakeCount => _awakeCount;

    /// <summary>Takes in a report; the first of a request to a revision that wants no pods is decided at once.</summary>
    public void Report(RevisionStat stat, CancellationToken cancel)
    {
        if (Find(stat.Revision) is not { } entry) return;
        entry.Decider.Record(stat);
        if (stat.AverageConcurrentRequests > 0 && entry.Last is null or { Desired: 0 }) Decide(entry, cancel);
        else Sort(entry);
    }

    /// <summary>Decides for a revision that is new, asleep, or gone; one that is awake has its turn at the next tick.</summary>
    public void Look(NamespacedName key, CancellationToken cancel)
    {
        if (Find(key) is { } entry && (entry.Last is null || !_awake.Contains(entry))) Decide(entry, cancel);
    }

    /// <summary>Decides for all that are awake.</summary>
    public void Tick(CancellationToken cancel)
    {
        _due.AddRange(_awake);
        foreach (var entry in _due) Decide(entry, cancel);
        _due.Clear();
    }

    private void Decide(DeciderEntry entry, CancellationToken cancel)
    {
        try
        {
            if (caches.Autoscaler(entry.Key) is not { } autoscaler || !Resolve(entry, autoscaler)) Drop(entry);
            else Decide(entry, autoscaler, cancel);
        }
        catch (Exception e)
        {
            // One revision's trouble must not keep the others from their pods.
            LogBroken(e, entry.Key);
        }
    }

    private void Decide(DeciderEntry entry, PodAutoscaler autoscaler, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var before = entry.Last?.Desired;
        var decision = entry.Decider.Decide(now, caches.Pods(entry.Key));
        var isChange = entry.Enter(decision);
        Sort(entry);
        if (!isChange) return;

        // 1. The scale itself, at once: requests are waiting for it. 2. The status, at leisure.
        var outcome = PodAutoscalerPlanner.Scale(caches.View(autoscaler, decision.Pods, decision.Desired, now), entry.Asked);
        if (outcome.Replicas is { } replicas)
            writer.Write(new(entry.Key.Namespace, autoscaler.Spec.ScaleTargetRef!.Name!), replicas, cancel);
        decided(entry.Key);
        LogDecided(entry.Key, before ?? 0, decision);
    }

    /// <summary>The revision's entry; made if its PodAutoscaler is there. Null for a revision that is not scaled here.</summary>
    private DeciderEntry? Find(NamespacedName key)
    {
        if (_entries.TryGetValue(key, out var present)) return present;
        if (caches.Autoscaler(key) is not { } autoscaler) return null;

        // After a restart the pods may not be back yet, but the status still says how many there were.
        var pods = Math.Max(caches.Pods(key).Ready, autoscaler.Status.ActualScale ?? 0);
        var made = new DeciderEntry(key, new Decider(new DeciderSpec(), time.GetUtcNow(), pods));
        if (!Resolve(made, autoscaler)) return null;
        _entries[key] = made;
        return made;
    }

    /// <summary>Brings the entry's settings up to date; false when the revision is no longer scaled here.</summary>
    private bool Resolve(DeciderEntry entry, PodAutoscaler autoscaler)
    {
        var config = caches.Config;
        if (autoscaler.Metadata.DeletionTimestamp is not null) return false;
        if (!ReferenceEquals(entry.ResolvedFrom, autoscaler)) entry.Asked = AutoscalingAnnotations.Read(autoscaler.Metadata.Annotations);
        if (!entry.Asked.IsKpa(config)) return false;
        if (ReferenceEquals(entry.ResolvedFrom, autoscaler) && ReferenceEquals(entry.ResolvedWith, config)) return true;

        entry.Decider.Spec = Pooled(DeciderSpec.For(autoscaler.Spec, entry.Asked, config));
        entry.ResolvedFrom = autoscaler;
        entry.ResolvedWith = config;
        return true;
    }

    // Nearly all revisions have the same settings; a thousand different ones are not worth remembering.
    private DeciderSpec Pooled(DeciderSpec spec)
    {
        if (_specs.TryGetValue(spec, out var known)) return known;
        if (_specs.Count >= 1000) _specs.Clear();
        return _specs[spec] = spec;
    }

    private void Sort(DeciderEntry entry)
    {
        if (entry.Decider.IsAsleep) _awake.Remove(entry);
        else _awake.Add(entry);
        entry.WasAwake |= !entry.Decider.IsAsleep;
        _awakeCount = _awake.Count;
    }

    private void Drop(DeciderEntry entry)
    {
        _entries.TryRemove(entry.Key, out _);
        _awake.Remove(entry);
        _awakeCount = _awake.Count;
    }

    private void LogDecided(NamespacedName revision, int before, ScaleDecision decision)
    {
        if (logger.IsEnabled(LogLevel.Information)) LogDecided(revision, before, decision.Desired, decision.Pods.Ready, decision.Reason);
    }

    [LoggerMessage(500, LogLevel.Information, "Revision {revision}: {before} → {desired} pods wanted ({ready} ready): {reason}")]
    private partial void LogDecided(NamespacedName revision, int before, int desired, int ready, string reason);

    [LoggerMessage(502, LogLevel.Error, "Deciding for revision {revision} failed")]
    private partial void LogBroken(Exception e, NamespacedName revision);
}
