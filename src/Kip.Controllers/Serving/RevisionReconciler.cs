using Kip.Client.Images;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Revisions;

namespace Kip.Controllers.Serving;

/// <summary>Keeps every Revision's Deployment and PodAutoscaler, and says how the Revision is.</summary>
/// <param name="digests">Finds the content that an image name of this machine stands for. Null: no such image is known.</param>
public sealed class RevisionReconciler(IImageDigests? digests = null) : IReconciler
{
    private IIndexer<Revision> _revisions = null!;
    private IIndexer<Deployment> _deployments = null!;
    private IIndexer<PodAutoscaler> _autoscalers = null!;
    private IIndexer<Pod> _pods = null!;
    private ServingConfigCache _config = null!;

    public KindDefinition Kind => Revision.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _revisions = watch.Own<Revision>();
        _deployments = watch.OwnedBy<Deployment>();
        _autoscalers = watch.OwnedBy<PodAutoscaler>();
        _pods = watch.Related<Pod>(RevisionInTrouble);
        _config = new ServingConfigCache(watch.Related<ConfigMap>(All));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_revisions.Get(key) is not { Metadata.DeletionTimestamp: null } revision) return Resources.Planning.Plan.Nothing;
        var deployment = _deployments.Get(new(key.Namespace, RevisionNames.Deployment(key.Name)));
        return RevisionPlanner.Plan(new RevisionView
        {
            Revision = revision,
            Deployment = deployment,
            PodAutoscaler = _autoscalers.Get(new(key.Namespace, RevisionNames.PodAutoscaler(key.Name))),
            Pods = deployment is { Spec.Replicas: > 0, Status.AvailableReplicas: 0 }
                ? [.. _pods.WithLabel(key.Namespace, ServingLabels.Revision, key.Name)]
                : [],
            Digests = DigestsFor(revision),
            Config = _config.Current,
            Now = now,
        });
    }

    // Asked only until the status holds the answer: what a name stands for later does not concern a Revision that is there.
    private StringMap DigestsFor(Revision revision)
    {
        if (digests is null || !revision.Status.ContainerStatuses.IsEmpty) return default;
        return StringMap.From(revision.Spec.Containers.Concat(revision.Spec.InitContainers)
            .Where(static c => RevisionImages.NeedsDigest(c.Image))
            .Select(c => (c.Image, Found: digests.Find(c.Image)))
            .Where(static f => f.Found is not null)
            .Select(static f => new KeyValuePair<string, string>(f.Image, f.Found!)));
    }

    // A pod that does well changes its Deployment, which is watched anyway; only what the Deployment does not show is followed here.
    private static IEnumerable<NamespacedName> RevisionInTrouble(Pod pod) =>
        IsInTrouble(pod) && pod.Metadata.Labels.Get(ServingLabels.Revision) is { } revision ? [new(pod.Metadata.Namespace, revision)] : [];

    private static bool IsInTrouble(Pod pod)
    {
        if (pod.Status.Conditions.IsFalse("PodScheduled")) return true;
        foreach (var container in pod.Status.ContainerStatuses)
            if (container.State is { Terminated: not null } or { Waiting: not null }
                || container is { LastState.Terminated: not null, Ready: false })
                return true;
        return false;
    }

    private IEnumerable<NamespacedName> All(ConfigMap map) =>
        ServingConfigCache.Reads(map) ? _revisions.List().Select(static r => r.Key).ToArray() : [];
}
