using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.Runtime.Deployments;

/// <summary>What one step of a rollout does to the pods.</summary>
/// <param name="Pods">As they are.</param>
/// <param name="Removed">Those that go.</param>
/// <param name="Added">How many come to which ReplicaSet.</param>
internal sealed record RolloutSteps(PodGroups Pods, ImmutableArray<Pod> Removed, ImmutableArray<(ReplicaSet Set, int Pods)> Added)
{
    /// <summary>How many pods a ReplicaSet has once the step is done.</summary>
    public int Replicas(ReplicaSet set) =>
        Pods.Of(set).Count() - Removed.Count(p => p.IsControlledBy(set)) + Added.Where(a => ReferenceEquals(a.Set, set)).Sum(static a => a.Pods);
}
