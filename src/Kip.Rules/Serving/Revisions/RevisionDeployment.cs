using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Revisions;

/// <summary>The Deployment of a Revision.</summary>
internal static class RevisionDeployment
{
    // Old pods leave only when new ones are ready: a change of the pod template must not cost a request.
    private static readonly DeploymentStrategy Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxUnavailable = 0 } };

    /// <summary>The Deployment as it is first made; the autoscaler owns its replicas from then on.</summary>
    public static Deployment Make(Revision revision, StringMap labels, ServingConfig config)
    {
        var annotations = RevisionMetadata.Annotations(revision);
        var serving = RevisionProtocol.ServingContainer(revision.Spec);
        var podAnnotations = serving < 0
            ? annotations
            : annotations.With(ServingAnnotations.DefaultContainer, revision.Spec.Containers[serving].Name);
        var wanted = new Deployment
        {
            Metadata = new ObjectMeta
            {
                Name = RevisionNames.Deployment(revision.Metadata.Name),
                Namespace = revision.Metadata.Namespace,
                Labels = labels,
                Annotations = annotations,
                OwnerReferences = [revision.ControllerReference()],
            },
            Spec = new DeploymentSpec
            {
                Selector = new LabelSelector { MatchLabels = StringMap.Of((ServingLabels.RevisionUid, revision.Metadata.Uid ?? "")) },
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = labels, Annotations = podAnnotations },
                    Spec = RevisionPods.Make(revision, config.Features.IsEnabled(FeaturesConfig.MultiContainerProbing)),
                },
                Strategy = Strategy,
                RevisionHistoryLimit = 0,
                ProgressDeadlineSeconds = (int)ProgressDeadline.For(revision, config.Deployment).TotalSeconds,
            },
        };
        var hash = DeploymentHash.Of(wanted);
        return wanted with
        {
            Metadata = wanted.Metadata with { Labels = labels.With(ServingLabels.DeploymentHash, hash) },
            Spec = wanted.Spec with
            {
                Replicas = AutoscalingAnnotations.Read(revision.Metadata.Annotations).InitialScaleOrDefault(config.Autoscaler),
            },
        };
    }

    /// <summary>Whether the stored Deployment was made from something else.</summary>
    public static bool Differs(Deployment wanted, Deployment existing) =>
        wanted.Metadata.Labels.Get(ServingLabels.DeploymentHash) != existing.Metadata.Labels.Get(ServingLabels.DeploymentHash);

    /// <summary>The stored Deployment brought up to date: replicas, selector and what others labelled or annotated stay.</summary>
    public static Deployment Update(Deployment wanted, Deployment existing) => existing with
    {
        Metadata = Merge(wanted.Metadata, existing.Metadata),
        Spec = wanted.Spec with
        {
            Replicas = existing.Spec.Replicas,
            Selector = existing.Spec.Selector,
            Template = wanted.Spec.Template with { Metadata = Merge(wanted.Spec.Template.Metadata, existing.Spec.Template.Metadata) },
        },
    };

    private static ObjectMeta Merge(ObjectMeta wanted, ObjectMeta existing) => existing with
    {
        Labels = Foreign(existing.Labels).With(wanted.Labels),
        Annotations = Foreign(existing.Annotations).With(wanted.Annotations),
    };

    private static StringMap Foreign(StringMap map) =>
        map.Where(static key => key != ServingLabels.App && !key.Contains("knative.dev/", StringComparison.Ordinal));
}
