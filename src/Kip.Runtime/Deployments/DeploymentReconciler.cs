using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Selectors;

namespace Kip.Runtime.Deployments;

/// <summary>Gathers what the <see cref="DeploymentPlanner"/> decides from.</summary>
/// <param name="newPods">Makes new pods.</param>
/// <param name="requestsAt">Tells how many requests a pod has now. Null: nobody counts.</param>
public sealed class DeploymentReconciler(PodFactory newPods, Func<Pod, int>? requestsAt = null) : IReconciler
{
    private readonly RefusedPods _refused = new();
    private IIndexer<Deployment> _deployments = null!;
    private IIndexer<ReplicaSet> _sets = null!;
    private IIndexer<Pod> _pods = null!;

    public KindDefinition Kind => Deployment.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _deployments = watch.Own<Deployment>();
        _sets = watch.Related<ReplicaSet>(DeploymentsOf);
        _pods = watch.Related<Pod>(DeploymentOf);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        var refused = _refused.Take(key);
        if (_deployments.Get(key) is not { } deployment) return Resources.Planning.Plan.Nothing;
        var uid = deployment.Metadata.Uid ?? "";
        var sets = _sets.OwnedBy(uid);
        return DeploymentPlanner.Plan(new DeploymentView
        {
            Deployment = deployment,
            Sets = [.. sets],
            OrphanSets = [.. Orphans(deployment)],
            IsTaken = name => _sets.Get(key with { Name = name }) is not null,
            Pods = [.. sets.SelectMany(s => _pods.OwnedBy(s.Metadata.Uid ?? "")), .. _pods.OwnedBy(uid)],
            Now = now,
            NewPods = newPods,
            RequestsAt = requestsAt,
            CreateFailure = refused,
        });
    }

    public void Failed(NamespacedName key, Exception why) => _refused.Note(key, why);

    private IEnumerable<ReplicaSet> Orphans(Deployment deployment)
    {
        if (deployment.Spec.Selector is not { MatchLabels.IsEmpty: false } selector) return [];
        var (label, value) = (selector.MatchLabels.AsSpan()[0].Key, selector.MatchLabels.AsSpan()[0].Value);
        return _sets.WithLabel(deployment.Metadata.Namespace, label, value)
            .Where(s => s.ControllerOwner() is null && s.Metadata.DeletionTimestamp is null && LabelQuery.From(selector).Matches(s.Metadata.Labels));
    }

    private IEnumerable<NamespacedName> DeploymentsOf(ReplicaSet set)
    {
        if (set.ControllerOwner() is not null) return set.ControllerOwner(Deployment.Definition) is { } key ? [key] : [];
        return _deployments.List()
            .Where(d => d.Metadata.Namespace == set.Metadata.Namespace && d.Spec.Selector is { MatchLabels.IsEmpty: false } selector
                && LabelQuery.From(selector).Matches(set.Metadata.Labels))
            .Select(static d => d.Key);
    }

    private IEnumerable<NamespacedName> DeploymentOf(Pod pod)
    {
        if (pod.ControllerOwner(ReplicaSet.Definition) is { } set)
            return _sets.Get(set)?.ControllerOwner(Deployment.Definition) is { } key ? [key] : [];
        return pod.ControllerOwner(Deployment.Definition) is { } direct ? [direct] : [];
    }
}
