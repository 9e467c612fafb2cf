using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.ReplicaSets;

/// <summary>Keeps a Deployment's ReplicaSets: one for each template, their numbers, and no more old ones than the history may hold.</summary>
/// <remarks>k8s.io/kubernetes/pkg/controller/deployment/sync.go (getNewReplicaSet, cleanupDeployment) and util/deployment_util.go.</remarks>
internal static class DeploymentSets
{
    private const int LongestName = 253;

    /// <summary>The ReplicaSet of the present template, when there is none yet.</summary>
    public static ReplicaSet Make(DeploymentView seen, RolloutCount count)
    {
        var deployment = seen.Deployment;
        var spec = deployment.Spec;
        var (name, hash) = FreeName(seen);
        var labels = spec.Template.Metadata.Labels.With(TemplateHash.Label, hash);
        var selector = spec.Selector ?? new LabelSelector();
        return new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = deployment.Metadata.Namespace,
                Labels = labels,
                Annotations = RevisionAnnotations.OfCurrent(deployment, default, NextRevision(seen.Sets, null), count.Replicas, count.Most),
                OwnerReferences = [deployment.ControllerReference()],
            },
            Spec = new ReplicaSetSpec
            {
                // Its pods are made once it is there and has a uid.
                Replicas = 0,
                MinReadySeconds = spec.MinReadySeconds,
                Selector = selector with { MatchLabels = selector.MatchLabels.With(TemplateHash.Label, hash) },
                Template = spec.Template with { Metadata = spec.Template.Metadata with { Labels = labels } },
            },
        };
    }

    /// <summary>Brings what the ReplicaSets say up to date: how many pods each is to have, and the number of the present one's rollout.</summary>
    /// <param name="replicas">How many pods a ReplicaSet is to have after this plan.</param>
    public static IEnumerable<Edit> Refresh(DeploymentView seen, PodGroups pods, Func<ReplicaSet, int> replicas)
    {
        foreach (var set in seen.Sets)
        {
            if (set.Metadata.DeletionTimestamp is not null) continue;
            var wanted = replicas(set);
            var isCurrent = ReferenceEquals(set, pods.Current);
            // An old one without pods is not touched for a change of scale that does not concern it.
            if (!isCurrent && wanted == 0 && set.Spec.Replicas == 0) continue;
            var annotations = isCurrent
                ? RevisionAnnotations.OfCurrent(
                    seen.Deployment, set.Metadata.Annotations, RevisionOf(seen, set), pods.Count.Replicas, pods.Count.Most)
                : RevisionAnnotations.Sized(set.Metadata.Annotations, pods.Count.Replicas, pods.Count.Most);
            var spec = set.Spec with { Replicas = wanted, MinReadySeconds = isCurrent ? seen.Deployment.Spec.MinReadySeconds : set.Spec.MinReadySeconds };
            if (annotations == set.Metadata.Annotations && spec == set.Spec) continue;
            yield return new Edit.Update(set with { Metadata = set.Metadata with { Annotations = annotations }, Spec = spec });
        }
    }

    /// <summary>The Deployment with the number of its present rollout; null when it has it already.</summary>
    public static Deployment? Numbered(DeploymentView seen, ReplicaSet? current)
    {
        if (current is null && seen.Deployment.Spec.Paused) return null;
        var revision = (current is null ? NextRevision(seen.Sets, null) : RevisionOf(seen, current))
            .ToString(System.Globalization.CultureInfo.InvariantCulture);
        var metadata = seen.Deployment.Metadata;
        return metadata.Annotations.Get(RevisionAnnotations.Revision) == revision
            ? null
            : seen.Deployment with { Metadata = metadata with { Annotations = metadata.Annotations.With(RevisionAnnotations.Revision, revision) } };
    }

    /// <summary>Old ReplicaSets beyond the history's limit, the oldest first.</summary>
    public static IEnumerable<Edit> Forget(DeploymentView seen, ReplicaSet? current)
    {
        if (current is null || seen.Deployment.Spec.Paused || seen.Deployment.Spec.RevisionHistoryLimit is not { } limit || limit == int.MaxValue) return [];
        var old = seen.Sets.Where(s => !ReferenceEquals(s, current) && s.Metadata.DeletionTimestamp is null).ToArray();
        if (old.Length <= limit) return [];
        return old
            .Where(static s => s.Spec.Replicas == 0 && s.Status.Replicas == 0 && s.Status.ObservedGeneration >= s.Metadata.Generation)
            .OrderBy(RevisionAnnotations.RevisionOf).ThenBy(static s => s.Metadata.Name, StringComparer.Ordinal)
            .Take(old.Length - limit)
            .Select(static s => new Edit.Delete(s));
    }

    /// <summary>ReplicaSets that nobody controls and that the Deployment's selector chooses become its own.</summary>
    public static IEnumerable<Edit> Adopt(DeploymentView seen) => seen.OrphanSets.Select(set => new Edit.Update(set with
    {
        Metadata = set.Metadata with { OwnerReferences = [.. set.Metadata.OwnerReferences, seen.Deployment.ControllerReference()] },
    }));

    private static long RevisionOf(DeploymentView seen, ReplicaSet current) => Math.Max(current.RevisionOf(), NextRevision(seen.Sets, current));

    private static long NextRevision(IEnumerable<ReplicaSet> sets, ReplicaSet? current) =>
        sets.Where(s => !ReferenceEquals(s, current)).Select(RevisionAnnotations.RevisionOf).DefaultIfEmpty().Max() + 1;

    private static (string Name, string Hash) FreeName(DeploymentView seen)
    {
        // Two templates with one hash are rare, and told apart by another round.
        for (var collisions = 0;; collisions++)
        {
            var hash = TemplateHash.Of(seen.Deployment.Spec.Template, collisions);
            var stem = seen.Deployment.Metadata.Name;
            var name = $"{stem[..Math.Min(stem.Length, LongestName - hash.Length - 1)]}-{hash}";
            if (!seen.IsTaken(name)) return (name, hash);
        }
    }
}
