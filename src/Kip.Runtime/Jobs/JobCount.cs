using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.Jobs;

/// <summary>Counts each pod that has ended exactly once, whatever is deleted or crashes meanwhile.</summary>
/// <remarks>
/// As Kubernetes: a pod carries a finalizer; once it has ended its uid is written into the status, then its finalizer goes, then its uid becomes one
/// in the count. An Indexed Job's successes are in <c>completedIndexes</c>, which cannot count twice.
/// </remarks>
internal sealed class JobCount
{
    private readonly JobView _seen;
    private readonly List<string> _uncountedSucceeded = [];
    private readonly List<string> _uncountedFailed = [];

    private JobCount(JobView seen)
    {
        _seen = seen;
        var (status, uncounted) = (seen.Job.Status, seen.Job.Status.UncountedTerminatedPods ?? new());
        (Succeeded, Failed) = (status.Succeeded, status.Failed);
        Indexes = IsIndexed ? IndexRanges.Parse(status.CompletedIndexes, seen.Job.Spec.Completions ?? 0) : [];
        var held = seen.Pods.Where(static p => p.IsTracked).Select(static p => p.Metadata.Uid ?? "").ToHashSet(StringComparer.Ordinal);
        Settle(uncounted.Succeeded, held, _uncountedSucceeded, () => Succeeded++);
        Settle(uncounted.Failed, held, _uncountedFailed, () => Failed++);
        foreach (var pod in seen.Pods.Where(static p => p.IsTracked)) Take(pod, uncounted);
        if (IsIndexed) Succeeded = Indexes.Count;
    }

    /// <summary>Successes and failures that the status may say now.</summary>
    public int Succeeded { get; private set; }

    public int Failed { get; private set; }

    /// <summary>The same with those whose finalizer is still there: what decisions are made from.</summary>
    public int AllSucceeded => IsIndexed ? Indexes.Count : Succeeded + _uncountedSucceeded.Count;

    public int AllFailed => Failed + _uncountedFailed.Count;

    /// <summary>The parts of an Indexed Job that are done.</summary>
    public SortedSet<int> Indexes { get; }

    /// <summary>Why a pod's failure is the Job's; null when none is.</summary>
    public string? PolicyFailure { get; private set; }

    /// <summary>Nothing is left to be counted.</summary>
    public bool IsSettled => _uncountedSucceeded.Count == 0 && _uncountedFailed.Count == 0 && !_seen.Pods.Any(static p => p.IsTracked && p.IsFinished);

    /// <summary>Lets go of pods that the stored status accounts for.</summary>
    public IEnumerable<Edit> Releases { get; private set; } = [];

    public UncountedTerminatedPods? Uncounted => _uncountedSucceeded.Count + _uncountedFailed.Count == 0
        ? new UncountedTerminatedPods()
        : new UncountedTerminatedPods { Succeeded = _uncountedSucceeded.ToValueList(), Failed = _uncountedFailed.ToValueList() };

    private bool IsIndexed => _seen.Job.Spec.CompletionMode == "Indexed";

    public static JobCount Of(JobView seen)
    {
        var count = new JobCount(seen);
        var stored = seen.Job.Status.UncountedTerminatedPods ?? new();
        var storedIndexes = count.IsIndexed ? IndexRanges.Parse(seen.Job.Status.CompletedIndexes, seen.Job.Spec.Completions ?? 0) : [];
        count.Releases = [.. seen.Pods
            .Where(p => p.IsTracked && IsAccountedFor(count, p, stored, storedIndexes))
            .Select(static p => new Edit.Update(p.Untracked()))];
        return count;
    }

    private static bool IsAccountedFor(JobCount count, Pod pod, UncountedTerminatedPods stored, SortedSet<int> indexes)
    {
        var uid = pod.Metadata.Uid ?? "";
        if (stored.Succeeded.Contains(uid) || stored.Failed.Contains(uid)) return true;
        // Neither a part that is done already nor what the policy ignores is ever counted.
        if (pod.HasSucceeded)
            return count.IsIndexed && (pod.CompletionIndex is not { } index || index >= (count._seen.Job.Spec.Completions ?? 0) || indexes.Contains(index));
        return pod.HasFailed && FailurePolicy.Of(count._seen.Job, pod).Action == "Ignore";
    }

    private static void Settle(ValueList<string> uids, HashSet<string> held, List<string> kept, Action count)
    {
        foreach (var uid in uids)
            if (held.Contains(uid)) kept.Add(uid);
            else count();
    }

    private void Take(Pod pod, UncountedTerminatedPods stored)
    {
        var uid = pod.Metadata.Uid ?? "";
        if (pod.HasSucceeded && IsIndexed)
        {
            if (pod.CompletionIndex is { } index && index < (_seen.Job.Spec.Completions ?? 0)) Indexes.Add(index);
        }
        else if (pod.HasSucceeded)
        {
            if (!stored.Succeeded.Contains(uid)) _uncountedSucceeded.Add(uid);
        }
        else if (pod.HasFailed || (pod.Metadata.DeletionTimestamp is not null && _seen.Job.Spec.PodReplacementPolicy != "Failed"))
        {
            var (action, message) = pod.HasFailed ? FailurePolicy.Of(_seen.Job, pod) : ("Count", null);
            if (action == "FailJob") PolicyFailure ??= message;
            if (action != "Ignore" && !stored.Failed.Contains(uid)) _uncountedFailed.Add(uid);
        }
    }
}
