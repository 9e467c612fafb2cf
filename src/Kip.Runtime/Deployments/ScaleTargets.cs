using Kip.Resources.Apps;
using Kip.Runtime.ReplicaSets;

namespace Kip.Runtime.Deployments;

/// <summary>How many pods each ReplicaSet is to have when a rollout stands still: paused, or scaled in its midst.</summary>
/// <remarks>Scaled in proportion, as k8s.io/kubernetes/pkg/controller/deployment/sync.go (scale) does.</remarks>
internal static class ScaleTargets
{
    /// <summary>The pods of each ReplicaSet. Null: the rollout itself decides.</summary>
    public static IReadOnlyDictionary<ReplicaSet, int>? For(PodGroups pods)
    {
        var active = pods.Sets.Where(static s => s.Spec.Replicas > 0).ToArray();
        if (active.Length < 2) return pods.Paused ? WhenPaused(pods, active) : null;
        var isScaled = !pods.Recreate && active.Any(s => s.DesiredOf() is { } desired && desired != pods.Count.Replicas);
        if (isScaled && IsSaturated(pods)) return pods.Paused ? Only(pods, pods.Current!) : null;
        if (isScaled) return Proportional(pods, active);
        return pods.Paused ? pods.Sets.ToDictionary(static s => s, static s => s.Spec.Replicas ?? 0) : null;
    }

    // The one that has pods, or else the newest, has them all.
    private static Dictionary<ReplicaSet, int> WhenPaused(PodGroups pods, ReplicaSet[] active) =>
        Only(pods, active.FirstOrDefault() ?? pods.Current ?? pods.Sets.OrderByDescending(RevisionAnnotations.RevisionOf).FirstOrDefault());

    private static Dictionary<ReplicaSet, int> Only(PodGroups pods, ReplicaSet? one) =>
        pods.Sets.ToDictionary(static s => s, s => ReferenceEquals(s, one) ? pods.Count.Replicas : 0);

    private static bool IsSaturated(PodGroups pods) =>
        pods.Current is { } current && current.DesiredOf() == current.Spec.Replicas && pods.New.Count(pods.IsAvailable) == current.Spec.Replicas;

    private static Dictionary<ReplicaSet, int> Proportional(PodGroups pods, ReplicaSet[] active)
    {
        var targets = pods.Sets.ToDictionary(static s => s, static s => s.Spec.Replicas ?? 0);
        var total = active.Sum(static s => s.Spec.Replicas ?? 0);
        var allowed = pods.Count.Replicas > 0 ? pods.Count.Most : 0;
        var toAdd = allowed - total;
        // Growing, the largest and then the newest get more; shrinking, the largest and then the oldest lose more.
        var order = active.OrderByDescending(static s => s.Spec.Replicas);
        var sorted = (toAdd > 0 ? order.ThenByDescending(static s => s.Metadata.CreationTimestamp) : order.ThenBy(static s => s.Metadata.CreationTimestamp))
            .ThenBy(static s => s.Metadata.Name, StringComparer.Ordinal).ToArray();
        var added = 0;
        foreach (var set in sorted)
        {
            if (toAdd == 0) break;
            var share = Share(set, pods.Count, toAdd, added);
            targets[set] += share;
            added += share;
        }
        // What rounding left over goes to the largest.
        if (sorted.Length > 0) targets[sorted[0]] = Math.Max(0, targets[sorted[0]] + toAdd - added);
        return targets;
    }

    private static int Share(ReplicaSet set, RolloutCount count, int toAdd, int added)
    {
        var replicas = set.Spec.Replicas ?? 0;
        var annotated = set.MaxOf() > 0 ? set.MaxOf() : count.Most;
        var scaled = (int)Math.Round(replicas * (double)count.Most / annotated, MidpointRounding.AwayFromZero);
        var fraction = count.Replicas == 0 ? -replicas : scaled - replicas;
        var left = toAdd - added;
        return toAdd > 0 ? Math.Clamp(fraction, 0, Math.Max(0, left)) : Math.Clamp(fraction, Math.Min(0, left), 0);
    }
}
