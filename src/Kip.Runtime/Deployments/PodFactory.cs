using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Runtime.Pods;

namespace Kip.Runtime.Deployments;

/// <summary>Makes the pods of templates.</summary>
/// <param name="NodeName">Where they run.</param>
/// <param name="NewSuffix">Gives the last part of a new pod's name, another each time.</param>
/// <param name="NewPort">Gives a free port on this machine for a pod that runs as a process; null for any other, or when there is none. Null: none is
/// published.</param>
public sealed record PodFactory(string NodeName, Func<string> NewSuffix, Func<PodSpec, int?>? NewPort = null)
{
    private const int LongestName = 63;

    /// <summary>Whether the node could run such a pod; one that it cannot is made without a node and waits.</summary>
    /// <value>Null: whatever it is.</value>
    public Func<PodSpec, bool>? HasRoom { get; init; }

    /// <summary>A pod of the ReplicaSet's template, placed on this node.</summary>
    public Pod Make(ReplicaSet set) => Make(set, set.Spec.Template, set.Metadata.Name + "-");

    /// <summary>A pod of a template, owned by whoever has the template and placed on this node.</summary>
    /// <param name="stem">What its name begins with.</param>
    public Pod Make(Resource owner, PodTemplateSpec template, string stem)
    {
        var suffix = NewSuffix();
        var annotations = template.Metadata.Annotations;
        // Without one the pod is made all the same, and says in its status what it waits for.
        if (ServingPort.Container(template.Spec) is { } serving && PortFor(template, serving) is { } port)
            annotations = annotations.With(ServingPort.Annotation, port.ToString());
        return new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = Shortened(stem, LongestName - suffix.Length) + suffix,
                GenerateName = stem,
                Namespace = owner.Metadata.Namespace,
                Labels = template.Metadata.Labels,
                Annotations = annotations,
                Finalizers = template.Metadata.Finalizers,
                OwnerReferences = [owner.ControllerReference()],
            },
            // A pod that has a node is one that somebody runs: deleting it waits for that somebody.
            Spec = !string.IsNullOrEmpty(template.Spec.NodeName) || HasRoom?.Invoke(template.Spec) == false ? template.Spec
                : template.Spec with { NodeName = NodeName },
        };
    }

    private static string Shortened(string stem, int length) => stem.Length <= length ? stem : stem[..(length - 1)].TrimEnd('-', '.') + "-";

    private int? PortFor(PodTemplateSpec template, Container serving) =>
        ServingPort.IsFixed(template.Metadata) ? serving.Ports[0].ContainerPortNumber : NewPort?.Invoke(template.Spec);
}
