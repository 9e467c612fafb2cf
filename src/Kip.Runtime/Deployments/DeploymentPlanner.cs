using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;

namespace Kip.Runtime.Deployments;

/// <summary>Plays Kubernetes' Deployment and ReplicaSet controllers: which pods to make and which to delete, and the status.</summary>
/// <remarks>
/// The pods belong to the Deployment directly; those of the present template are told by their <see cref="TemplateHash"/>. The counts
/// follow the rolling update of k8s.io/kubernetes/pkg/controller/deployment (reconcileNewReplicaSet, reconcileOldReplicaSets).
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
        var edits = new List<Edit>();
        // Said before it is tried again: if it is refused again, what follows is not carried out.
        if (seen.CreateFailure is not null && status != seen.Deployment.Status) edits.Add(new Edit.UpdateStatus(reported));
        // Nobody else collects pods that ended for good; they are replaced like any that went.
        edits.AddRange(pods.Finished.Select(static p => new Edit.Delete(p)));
        edits.AddRange(Removals(pods).Select(static p => new Edit.Delete(p)));
        for (var i = Math.Min(Missing(pods), BurstReplicas); i > 0; i--) edits.Add(new Edit.Create(PodFactory.Make(seen, pods.Hash)));
        return new Plan(edits.ToValueList(), reported, lookAgain);
    }

    private static int Missing(PodGroups pods)
    {
        var wanted = pods.Count.Replicas;
        var missing = wanted - pods.New.Length;
        if (missing <= 0) return 0;
        if (pods.Old.IsEmpty && !(pods.Recreate && pods.OldTerminating)) return missing;
        if (pods.Recreate) return 0;
        // A paused rollout makes no pod of the new template as long as there are pods of the old.
        if (pods.Paused) return 0;
        var room = wanted + pods.Count.MaxSurge - pods.New.Length - pods.Old.Length;
        return Math.Clamp(room, 0, missing);
    }

    private static ImmutableArray<Pod> Removals(PodGroups pods)
    {
        var wanted = pods.Count.Replicas;
        if (wanted == 0) return [.. pods.New, .. pods.Old];
        var surplus = pods.FirstToGo(pods.New).Take(Math.Max(0, pods.New.Length - wanted)).ToImmutableArray();
        if (pods.Old.IsEmpty) return surplus;
        if (pods.Paused)
            return [.. surplus, .. pods.FirstToGo(pods.Old).Take(Math.Max(0, pods.New.Length - surplus.Length + pods.Old.Length - wanted))];
        if (pods.Recreate) return [.. surplus, .. pods.Old];
        return [.. surplus, .. RemovableOld(pods, pods.New.RemoveRange(surplus))];
    }

    /// <summary>Old pods that may go now: those that serve nobody first, then as many as availability allows.</summary>
    private static IEnumerable<Pod> RemovableOld(PodGroups pods, ImmutableArray<Pod> kept)
    {
        var keptAvailable = kept.Count(pods.IsAvailable);
        var mayGo = kept.Length + pods.Old.Length - pods.Count.MinAvailable - (kept.Length - keptAvailable);
        if (mayGo <= 0) return [];
        var unhealthy = pods.FirstToGo(pods.Old.Where(p => !pods.IsAvailable(p))).Take(mayGo).ToImmutableArray();
        var healthy = pods.Old.Where(pods.IsAvailable).ToImmutableArray();
        var spare = keptAvailable + healthy.Length - pods.Count.MinAvailable;
        return unhealthy.Concat(pods.FirstToGo(healthy).Take(Math.Max(0, spare)));
    }
}
