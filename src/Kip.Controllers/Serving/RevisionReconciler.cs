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
/// <param name="digests">Finds the content that a bundle's name stands for. Null: no bundle is known.</param>
/// <param name="images">Asks registries what tags stand for. Null: tags run as written.</param>
public sealed class RevisionReconciler(IImageDigests? digests = null, IImageResolver? images = null) : IReconciler
{
    private readonly KnownDeployments _known = new();
    private IWatchBuilder _watch = null!;
    private IIndexer<Revision> _revisions = null!;
    private IIndexer<Deployment> _deployments = null!;
    private IIndexer<PodAutoscaler> _autoscalers = null!;
    private IIndexer<Pod> _pods = null!;
    private ServingConfigCache _config = null!;

    public KindDefinition Kind => Revision.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _watch = watch;
        _revisions = watch.Own<Revision>();
        _deployments = watch.OwnedBy<Deployment>(RevisionPlanner.Reads);
        _autoscalers = watch.OwnedBy<PodAutoscaler>();
        _pods = watch.Related<Pod>(RevisionInTrouble);
        _config = new ServingConfigCache(watch.Related<ConfigMap>(All));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_revisions.Get(key) is not { Metadata.DeletionTimestamp: null } revision)
        {
            images?.Forget(key.ToString());
            _known.Forget(key);
            return Resources.Planning.Plan.Nothing;
        }
        var deployment = _deployments.Get(new(key.Namespace, RevisionNames.Deployment(key.Name)));
        return RevisionPlanner.Plan(WithDigests(key, new RevisionView
        {
            Revision = revision,
            Deployment = deployment,
            PodAutoscaler = _autoscalers.Get(new(key.Namespace, RevisionNames.PodAutoscaler(key.Name))),
            Pods = deployment is { Spec.Replicas: > 0, Status.AvailableReplicas: 0 }
                ? [.. _pods.WithLabel(key.Namespace, ServingLabels.Revision, key.Name)]
                : [],
            Known = _known,
            Config = _config.Current,
            Now = now,
        }));
    }

    // Asked only until the status holds the answer: what a name stands for later does not concern a Revision that is there.
    private RevisionView WithDigests(NamespacedName key, RevisionView seen)
    {
        var spec = seen.Revision.Spec;
        if (!seen.Revision.Status.ContainerStatuses.IsEmpty)
        {
            images?.Forget(key.ToString());
            return seen;
        }
        foreach (var image in spec.Containers.Concat(spec.InitContainers).Select(static c => c.Image).Distinct(StringComparer.Ordinal))
        {
            if (RevisionImages.NeedsDigest(image) && digests?.Find(image) is { } bundle) seen = seen with { Digests = seen.Digests.With(image, bundle) };
            else if (images is not null && RevisionImages.AsksRegistry(image, seen.Config.Deployment)) seen = Asked(key, seen, image, images);
        }
        return seen;
    }

    private RevisionView Asked(NamespacedName key, RevisionView seen, string image, IImageResolver resolver)
    {
        var spec = seen.Revision.Spec;
        var question = new ImageQuestion(
            key.ToString(), seen.Revision.Metadata.Uid ?? "", image, key.Namespace, spec.ServiceAccountName is { Length: > 0 } account ? account : "default",
            [.. spec.ImagePullSecrets.Select(static s => s.Name).OfType<string>()], seen.Config.Deployment.DigestResolutionTimeout);
        var answer = resolver.Ask(question, () => _watch.Enqueue(key));
        if (answer.Image is { } found) return seen with { Digests = seen.Digests.With(image, found) };
        // Of a name of this machine the planner itself says what to do, and looks again soon.
        if (answer.Failure is { } why) return RevisionImages.NeedsDigest(image) ? seen : seen with { DigestFailures = seen.DigestFailures.With(image, why) };
        return seen with { AwaitsDigests = true };
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
