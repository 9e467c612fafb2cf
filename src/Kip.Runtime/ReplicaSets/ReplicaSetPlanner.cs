using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Selectors;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.ReplicaSets;

/// <summary>What the ReplicaSet planner decides from.</summary>
public sealed record ReplicaSetView
{
    public required ReplicaSet Set { get; init; }

    /// <summary>Every pod whose controller this ReplicaSet is.</summary>
    public required ImmutableArray<Pod> Pods { get; init; }

    /// <summary>Pods of the namespace that nobody controls.</summary>
    public ImmutableArray<Pod> Orphans { get; init; } = [];

    public required DateTimeOffset Now { get; init; }

    /// <summary>Makes new pods.</summary>
    public required PodFactory NewPods { get; init; }

    /// <summary>How many requests a pod has now. Null: nobody counts them.</summary>
    public Func<Pod, int>? RequestsAt { get; init; }

    /// <summary>Why the last attempt to create a pod was refused. Null: it was not.</summary>
    public string? CreateFailure { get; init; }
}

/// <summary>
/// Plays Kubernetes' ReplicaSet controller: claims pods by its selector and counts them; without a Deployment it also makes and deletes them.
/// </summary>
public static class ReplicaSetPlanner
{
    /// <summary>Decides the next step toward the wanted pods.</summary>
    public static Plan Plan(ReplicaSetView seen)
    {
        var set = seen.Set;
        if (set.Metadata.DeletionTimestamp is not null) return Resources.Planning.Plan.Nothing;
        var query = LabelQuery.From(set.Spec.Selector ?? new LabelSelector());
        var edits = new List<Edit>(Claims(seen, query));
        var reported = set with { Status = Status(seen, query, seen.CreateFailure) };
        // A Deployment plans for all its ReplicaSets in one step.
        if (set.Metadata.Controller()?.Kind == Deployment.Definition.Kind)
            return new Plan(edits.ToValueList(), reported) { StatusWithin = MayWait(seen) ? Resources.Planning.Plan.WhilePodsComeUp : null };
        if (seen.CreateFailure is not null && reported.Status != set.Status) edits.Add(new Edit.UpdateStatus(reported));
        if (edits.Count == 0 || seen.CreateFailure is not null) edits.AddRange(Pods(seen));
        return new Plan(edits.ToValueList(), reported, LookAgain(seen));
    }

    private static IEnumerable<Edit> Pods(ReplicaSetView seen)
    {
        var active = seen.Pods.Where(static p => p.IsActive).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal).ToArray();
        var missing = (seen.Set.Spec.Replicas ?? 1) - active.Length;
        return
        [
            .. seen.Pods.Where(static p => p.IsFinished && !p.IsTerminating).Select(static p => new Edit.Delete(p)),
            .. PodState.FirstToGo(active, seen.RequestsAt).Take(Math.Max(0, -missing)).Select(static p => new Edit.Delete(p)),
            .. Enumerable.Range(0, Math.Clamp(missing, 0, DeploymentPlanner.BurstReplicas)).Select(_ => new Edit.Create(seen.NewPods.Make(seen.Set))),
        ];
    }

    // As Kubernetes' PodControllerRefManager: what it controls and no longer chooses goes free, what it chooses and nobody controls is its own.
    private static IEnumerable<Edit> Claims(ReplicaSetView seen, LabelQuery query)
    {
        if (query.IsEverything) yield break;
        var uid = seen.Set.Metadata.Uid ?? "";
        foreach (var pod in seen.Pods)
            if (pod.IsActive && !query.Matches(pod.Metadata.Labels))
                yield return new Edit.Update(pod with
                {
                    Metadata = pod.Metadata with { OwnerReferences = [.. pod.Metadata.OwnerReferences.Where(o => o.Uid != uid)] },
                });
        foreach (var pod in seen.Orphans)
            if (pod.IsActive && pod.Metadata.Controller() is null && query.Matches(pod.Metadata.Labels))
                yield return new Edit.Update(pod with
                {
                    Metadata = pod.Metadata with { OwnerReferences = [.. pod.Metadata.OwnerReferences, seen.Set.ControllerReference()] },
                });
    }

    private static ReplicaSetStatus Status(ReplicaSetView seen, LabelQuery query, string? failure)
    {
        var set = seen.Set;
        var active = seen.Pods.Where(p => p.IsActive && query.Matches(p.Metadata.Labels)).ToArray();
        return set.Status with
        {
            Replicas = active.Length,
            FullyLabeledReplicas = active.Count(p => HasLabelsOf(p, set.Spec.Template)),
            ReadyReplicas = active.Count(static p => p.IsReady),
            AvailableReplicas = active.Count(p => p.IsAvailable(set.Spec.MinReadySeconds, seen.Now)),
            TerminatingReplicas = seen.Pods.Count(static p => p.IsTerminating) is var leaving and > 0 ? leaving : null,
            ObservedGeneration = set.Metadata.Generation,
            Conditions = ReplicaFailure.In(set.Status.Conditions, failure, seen.Now.WholeSeconds()),
        };
    }

    // Whether all there is to say is that pods are coming up where there were none.
    private static bool MayWait(ReplicaSetView seen) =>
        seen.CreateFailure is null && seen.Set.Spec.Replicas > 0 && seen.Set.Status is { ReadyReplicas: 0, AvailableReplicas: 0 }
        && seen.Pods.All(static p => p.IsActive && !p.IsReady);

    private static bool HasLabelsOf(Pod pod, PodTemplateSpec template)
    {
        foreach (var (key, value) in template.Metadata.Labels)
            if (pod.Metadata.Labels.Get(key) != value) return false;
        return true;
    }

    private static TimeSpan? LookAgain(ReplicaSetView seen) =>
        seen.Set.Spec.MinReadySeconds > 0 && seen.Pods.Any(p => p.IsActive && p.IsReady && !p.IsAvailable(seen.Set.Spec.MinReadySeconds, seen.Now))
            ? TimeSpan.FromSeconds(1) : null;
}
