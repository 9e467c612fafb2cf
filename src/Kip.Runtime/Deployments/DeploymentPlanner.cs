using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.ReplicaSets;

namespace Kip.Runtime.Deployments;

/// <summary>Plays Kubernetes' Deployment controller: its ReplicaSets, their pods, and the status.</summary>
/// <remarks>
/// Pods are made and deleted here for all ReplicaSets in one step, and only then are the ReplicaSets told how many they have: a cold start waits
/// for no write between. The counts follow k8s.io/kubernetes/pkg/controller/deployment (reconcileNewReplicaSet, reconcileOldReplicaSets).
/// </remarks>
public static class DeploymentPlanner
{
    /// <summary>At most so many pods are made in one go; the next go follows when these are seen.</summary>
    public const int BurstReplicas = 500;

    /// <summary>Decides the next step toward the wanted pods.</summary>
    public static Plan Plan(DeploymentView seen)
    {
        if (seen.Deployment.Metadata.DeletionTimestamp is not null) return Resources.Planning.Plan.Nothing;
        var pods = new PodGroups(seen);
        var (status, lookAgain) = DeploymentStatusRules.Next(seen, pods);
        var reported = seen.Deployment with { Status = status };
        var steps = Steps(pods);
        var sets = DeploymentSets.Refresh(seen, pods, steps.Replicas).ToArray();
        var edits = new List<Edit>();
        // Said before it is tried again: if it is refused again, what follows is not carried out.
        if (seen.CreateFailure is not null) edits.AddRange(sets);
        if (seen.CreateFailure is not null && status != seen.Deployment.Status) edits.Add(new Edit.UpdateStatus(reported));
        // Nobody else collects pods that ended for good; they are replaced like any that went.
        edits.AddRange(pods.Finished.Select(static p => new Edit.Delete(p)));
        edits.AddRange(steps.Removed.Select(static p => new Edit.Delete(p)));
        edits.AddRange(steps.Added.SelectMany(static a => Enumerable.Repeat(a.Set, a.Pods)).Take(BurstReplicas)
            .Select(set => new Edit.Create(seen.NewPods.Make(set))));
        if (seen.CreateFailure is null) edits.AddRange(sets);
        if (pods.Current is null && !pods.Paused && seen.OrphanSets.IsEmpty) edits.Add(new Edit.Create(DeploymentSets.Make(seen, pods.Count)));
        edits.AddRange(DeploymentSets.Adopt(seen));
        edits.AddRange(DeploymentSets.Forget(seen, pods.Current));
        if (seen.CreateFailure is null && DeploymentSets.Numbered(seen, pods.Current) is { } numbered) edits.Add(new Edit.Update(numbered));
        return new Plan(edits.ToValueList(), reported, lookAgain, DeploymentStatusRules.MayWait(seen, pods) ? Resources.Planning.Plan.WhilePodsComeUp : null);
    }

    private static RolloutSteps Steps(PodGroups pods)
    {
        if (ScaleTargets.For(pods) is not { } targets) return Rolling(pods);
        var removed = new List<Pod>();
        var added = new List<(ReplicaSet Set, int Pods)>();
        foreach (var set in pods.Sets)
        {
            var present = pods.Of(set).ToImmutableArray();
            removed.AddRange(pods.FirstToGo(present).Take(Math.Max(0, present.Length - targets[set])));
            if (targets[set] > present.Length) added.Add((set, targets[set] - present.Length));
        }
        return new(pods, [.. removed], [.. added]);
    }

    private static RolloutSteps Rolling(PodGroups pods)
    {
        // Pods of an old template that went by themselves are made again: the rollout may take long, and they are what serves.
        (ReplicaSet Set, int Pods)[] lost = pods.Recreate || pods.Count.Replicas == 0 ? [] :
        [
            .. pods.Sets.Where(s => !ReferenceEquals(s, pods.Current))
                .Select(s => (Set: s, Pods: (s.Spec.Replicas ?? 0) - pods.Of(s).Count())).Where(static l => l.Pods > 0),
        ];
        if (lost.Length > 0) return new(pods, [], [.. lost]);
        var missing = pods.Current is null ? 0 : Missing(pods);
        return new(pods, Removals(pods), missing > 0 ? [(pods.Current!, missing)] : []);
    }

    private static int Missing(PodGroups pods)
    {
        var wanted = pods.Count.Replicas;
        var missing = wanted - pods.New.Length;
        if (missing <= 0) return 0;
        if (pods.Old.IsEmpty && !(pods.Recreate && pods.OldTerminating)) return missing;
        if (pods.Recreate) return 0;
        var room = pods.Count.Most - pods.New.Length - pods.Old.Length;
        return Math.Clamp(room, 0, missing);
    }

    private static ImmutableArray<Pod> Removals(PodGroups pods)
    {
        var wanted = pods.Count.Replicas;
        if (wanted == 0) return [.. pods.New, .. pods.Old];
        var surplus = pods.FirstToGo(pods.New).Take(Math.Max(0, pods.New.Length - wanted)).ToImmutableArray();
        if (pods.Old.IsEmpty) return surplus;
        if (pods.Recreate) return [.. surplus, .. pods.Old];
        return [.. surplus, .. RemovableOld(pods, pods.New.RemoveRange(surplus))];
    }

    /// <summary>Old pods that may go now: those that serve nobody first, then as many as availability allows.</summary>
    private static IEnumerable<Pod> RemovableOld(PodGroups pods, ImmutableArray<Pod> kept)
    {
        // Until the new ReplicaSet is there, nothing takes the place of what would go.
        if (pods.Current is null) return [];
        var keptAvailable = kept.Count(pods.IsAvailable);
        var mayGo = kept.Length + pods.Old.Length - pods.Count.MinAvailable - (kept.Length - keptAvailable);
        if (mayGo <= 0) return [];
        var unhealthy = pods.FirstToGo(pods.Old.Where(p => !pods.IsAvailable(p))).Take(mayGo).ToImmutableArray();
        var healthy = pods.Old.Where(pods.IsAvailable).ToImmutableArray();
        var spare = keptAvailable + healthy.Length - pods.Count.MinAvailable;
        return unhealthy.Concat(pods.FirstToGo(healthy).Take(Math.Max(0, spare)));
    }
}
