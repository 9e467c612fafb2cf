using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Rules.Scaling;
using Microsoft.Extensions.Logging;

namespace Kip.Controllers.Scaling;

/// <summary>Everything that scaling reads of the world, from caches. Reads never wait.</summary>
internal sealed class ScalingCaches(InformerSet informers, ILogger logger)
{
    /// <summary>Names the revision that a pod or Deployment belongs to.</summary>
    public const string RevisionLabel = "serving.knative.dev/revision";

    private readonly IIndexer<PodAutoscaler> _autoscalers = informers.Get<PodAutoscaler>();
    private readonly IIndexer<Deployment> _deployments = informers.Get<Deployment>();
    private readonly IIndexer<Pod> _pods = informers.Get<Pod>();
    private readonly AutoscalerConfigSource _config = new(informers.Get<ConfigMap>(), logger);

    public AutoscalerConfig Config => _config.Current;

    public PodAutoscaler? Autoscaler(NamespacedName key) => _autoscalers.Get(key);

    public IEnumerable<NamespacedName> AutoscalerKeys() => _autoscalers.List().Select(static a => a.Key);

    public PodCounts Pods(NamespacedName revision) => PodCounts.Of(_pods.WithLabel(revision.Namespace, RevisionLabel, revision.Name));

    /// <summary>All that is known about carrying out a decision.</summary>
    public PodAutoscalerView View(PodAutoscaler autoscaler, PodCounts pods, int? desired, DateTimeOffset now) =>
        new(autoscaler, Target(autoscaler), pods, desired, Config, now);

    private Deployment? Target(PodAutoscaler autoscaler) =>
        autoscaler.Spec.ScaleTargetRef is { Kind: "Deployment", Name: { Length: > 0 } name }
            ? _deployments.Get(new(autoscaler.Metadata.Namespace, name))
            : null;
}
