using System.Collections.Immutable;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Runtime.ReplicaSets;

namespace Kip.Runtime.Deployments;

/// <summary>A Deployment's pods, sorted by template and state.</summary>
internal sealed class PodGroups
{
    private readonly DeploymentView _seen;

    public PodGroups(DeploymentView seen)
    {
        _seen = seen;
        Count = RolloutCount.Of(seen.Deployment.Spec);
        Sets = [.. seen.Sets.Where(static s => s.Metadata.DeletionTimestamp is null)
            .OrderBy(static s => s.Metadata.CreationTimestamp).ThenBy(static s => s.Metadata.Name, StringComparer.Ordinal)];
        Current = Sets.FirstOrDefault(s => TemplateMatch.Same(s.Spec.Template, seen.Deployment.Spec.Template));
        var active = seen.Pods.Where(static p => p.IsActive).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal).ToImmutableArray();
        New = [.. active.Where(IsNew)];
        Old = [.. active.Where(p => !IsNew(p))];
        Finished = [.. seen.Pods.Where(static p => p.IsFinished && !p.IsTerminating).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal)];
        OldTerminating = seen.Pods.Any(p => p.IsTerminating && !IsNew(p));
    }

    public RolloutCount Count { get; }

    /// <summary>The ReplicaSets, the oldest first.</summary>
    public ImmutableArray<ReplicaSet> Sets { get; }

    /// <summary>The ReplicaSet of the present template; null when it is yet to be made.</summary>
    public ReplicaSet? Current { get; }

    public ImmutableArray<Pod> New { get; }

    public ImmutableArray<Pod> Old { get; }

    public ImmutableArray<Pod> Finished { get; }

    public bool OldTerminating { get; }

    public bool Recreate => _seen.Deployment.Spec.Strategy?.Type == "Recreate";

    public bool Paused => _seen.Deployment.Spec.Paused;

    public IEnumerable<Pod> Active => New.Concat(Old);

    /// <summary>The order in which pods go when there are too many.</summary>
    public IEnumerable<Pod> FirstToGo(IEnumerable<Pod> pods) => PodState.FirstToGo(pods, _seen.RequestsAt);

    public bool IsAvailable(Pod pod) => pod.IsAvailable(_seen.Deployment.Spec.MinReadySeconds, _seen.Now);

    /// <summary>The pods of one ReplicaSet that count.</summary>
    public IEnumerable<Pod> Of(ReplicaSet set) => Active.Where(p => p.IsControlledBy(set));

    private bool IsNew(Pod pod) => Current is { } current && pod.IsControlledBy(current);
}
