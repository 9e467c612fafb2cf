using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Selectors;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.ReplicaSets;

/// <summary>Gathers what the <see cref="ReplicaSetPlanner"/> decides from.</summary>
/// <param name="newPods">Makes new pods.</param>
/// <param name="requestsAt">Tells how many requests a pod has now. Null: nobody counts.</param>
public sealed class ReplicaSetReconciler(PodFactory newPods, Func<Pod, int>? requestsAt = null) : IReconciler
{
    private readonly RefusedPods _refused = new();
    private IIndexer<ReplicaSet> _sets = null!;
    private IIndexer<Pod> _pods = null!;

    public KindDefinition Kind => ReplicaSet.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _sets = watch.Own<ReplicaSet>();
        _pods = watch.Related<Pod>(SetsOf);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        var refused = _refused.Take(key);
        if (_sets.Get(key) is not { } set) return Resources.Planning.Plan.Nothing;
        return ReplicaSetPlanner.Plan(new ReplicaSetView
        {
            Set = set, Pods = [.. _pods.OwnedBy(set.Metadata.Uid ?? "")], Orphans = [.. Orphans(set)], Now = now, NewPods = newPods,
            RequestsAt = requestsAt, CreateFailure = refused,
        });
    }

    public void Failed(NamespacedName key, Exception why) => _refused.Note(key, why);

    private IEnumerable<Pod> Orphans(ReplicaSet set)
    {
        if (set.Spec.Selector is not { MatchLabels.IsEmpty: false } selector) return [];
        var (label, value) = (selector.MatchLabels.AsSpan()[0].Key, selector.MatchLabels.AsSpan()[0].Value);
        return _pods.WithLabel(set.Metadata.Namespace, label, value).Where(static p => p.ControllerOwner() is null);
    }

    private IEnumerable<NamespacedName> SetsOf(Pod pod)
    {
        if (pod.ControllerOwner() is not null) return pod.ControllerOwner(ReplicaSet.Definition) is { } key ? [key] : [];
        // Pods that nobody controls are few; each may be what a ReplicaSet looks for.
        return _sets.List()
            .Where(s => s.Metadata.Namespace == pod.Metadata.Namespace && s.Spec.Selector is { MatchLabels.IsEmpty: false } selector
                && LabelQuery.From(selector).Matches(pod.Metadata.Labels))
            .Select(static s => s.Key);
    }
}
