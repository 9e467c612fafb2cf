using System.Collections.Immutable;
using Kip.Resources.Core;

namespace Kip.Runtime.Deployments;

/// <summary>A Deployment's pods, sorted by template and state.</summary>
internal sealed class PodGroups
{
    private readonly DeploymentView _seen;

    public PodGroups(DeploymentView seen)
    {
        _seen = seen;
        Count = RolloutCount.Of(seen.Deployment.Spec);
        Hash = TemplateHash.Of(seen.Deployment.Spec.Template);
        var active = seen.Pods.Where(static p => p.IsActive).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal).ToImmutableArray();
        New = [.. active.Where(IsNew)];
        Old = [.. active.Where(p => !IsNew(p))];
        Finished = [.. seen.Pods.Where(static p => p.IsFinished && !p.IsTerminating).OrderBy(static p => p.Metadata.Name, StringComparer.Ordinal)];
        OldTerminating = seen.Pods.Any(p => p.IsTerminating && !IsNew(p));
    }

    public RolloutCount Count { get; }

    public string Hash { get; }

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

    private bool IsNew(Pod pod) => pod.Metadata.Labels.Get(TemplateHash.Label) == Hash;
}
