using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods;

namespace Kip.Runtime.Deployments;

/// <summary>Makes a Deployment's pods.</summary>
internal static class PodFactory
{
    private const int LongestName = 63;

    private static int? PortFor(DeploymentView seen, Container serving) => ServingPort.IsFixed(seen.Deployment.Spec.Template.Metadata)
        ? serving.Ports[0].ContainerPortNumber
        : seen.NewPort?.Invoke(seen.Deployment.Spec.Template.Spec);

    /// <summary>A pod of the Deployment's template, placed on this node.</summary>
    public static Pod Make(DeploymentView seen, string hash)
    {
        var deployment = seen.Deployment;
        var template = deployment.Spec.Template;
        var suffix = "-" + seen.NewSuffix();
        var stem = deployment.Metadata.Name;
        var annotations = template.Metadata.Annotations;
        // Without one the pod is made all the same, and says in its status what it waits for.
        if (ServingPort.Container(template.Spec) is { } serving && PortFor(seen, serving) is { } port)
            annotations = annotations.With(ServingPort.Annotation, port.ToString());
        return new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = stem[..Math.Min(stem.Length, LongestName - suffix.Length)] + suffix,
                GenerateName = stem + "-",
                Namespace = deployment.Metadata.Namespace,
                Labels = template.Metadata.Labels.With(TemplateHash.Label, hash),
                Annotations = annotations,
                OwnerReferences =
                [
                    new OwnerReference
                    {
                        ApiVersion = deployment.ApiVersion, Kind = deployment.Kind, Name = stem, Uid = deployment.Metadata.Uid ?? "",
                        Controller = true, BlockOwnerDeletion = true,
                    },
                ],
            },
            // A pod that has a node is one that somebody runs: deleting it waits for that somebody.
            Spec = template.Spec with { NodeName = string.IsNullOrEmpty(template.Spec.NodeName) ? seen.NodeName : template.Spec.NodeName },
        };
    }
}
