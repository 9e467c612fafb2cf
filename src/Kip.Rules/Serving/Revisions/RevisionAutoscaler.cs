using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Serving;
using Kip.Rules.Admission.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Revisions;

/// <summary>The PodAutoscaler of a Revision.</summary>
internal static class RevisionAutoscaler
{
    /// <summary>
    /// The PodAutoscaler as it should be now. The Revision's autoscaling annotations are copied, removals too, so that editing them on a
    /// Revision takes effect without a new one.
    /// </summary>
    /// <param name="existing">What is there now; what does not differ is kept, so that an unchanged object compares equal.</param>
    public static PodAutoscaler Make(
        Revision revision, PodAutoscaler? existing, StringMap labels, Deployment? deployment, LivingConditions conditions,
        ServingConfig config)
    {
        var spec = new PodAutoscalerSpec
        {
            ContainerConcurrency = revision.Spec.ContainerConcurrency ?? 0,
            ScaleTargetRef = new ScaleTargetRef
            {
                ApiVersion = "apps/v1", Kind = "Deployment", Name = RevisionNames.Deployment(revision.Metadata.Name),
            },
            Reachability = Reachability(revision, deployment, conditions),
            ProtocolType = RevisionProtocol.Of(revision.Spec),
        };
        var annotations = RevisionMetadata.AutoscalingAnnotations(revision);
        var wanted = (existing ?? new PodAutoscaler()) with
        {
            Metadata = existing is null
                ? New(revision, labels, annotations)
                : existing.Metadata with { Labels = labels, Annotations = annotations },
            Spec = existing is not null && existing.Spec == spec ? existing.Spec : spec,
        };
        // With its defaults, as it is stored: class and metric are annotations that the Revision need not have.
        return PodAutoscalerAdmission.Default(wanted, config.Platform);
    }

    private static ObjectMeta New(Revision revision, StringMap labels, StringMap annotations) => new()
    {
        Name = RevisionNames.PodAutoscaler(revision.Metadata.Name),
        Namespace = revision.Metadata.Namespace,
        Labels = labels,
        Annotations = annotations,
        OwnerReferences = [revision.ControllerReference()],
    };

    // An unreachable Revision needs no minimum of pods: nobody can call it, or its pods cannot come up.
    private static string? Reachability(Revision revision, Deployment? deployment, LivingConditions conditions)
    {
        var isFailing = conditions.IsFalse(RevisionPlanner.ResourcesAvailable) || conditions.IsFalse(RevisionPlanner.ContainerHealthy);
        if (isFailing && deployment is { Spec.Replicas: > 0, Status.ReadyReplicas: 0 }) return "Unreachable";
        return revision.Metadata.Labels.Get(ServingLabels.RoutingState) switch
        {
            RoutingStates.Active => "Reachable",
            RoutingStates.Reserve => "Unreachable",
            _ => null,
        };
    }
}
