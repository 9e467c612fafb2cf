using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Admission.Core;

/// <summary>Defaults and rules of Pods, as Kubernetes has them.</summary>
internal static class PodAdmission
{
    public static Pod Default(Pod pod)
    {
        var spec = PodDefaults.Apply(pod.Spec);
        if (spec.EnableServiceLinks is null) spec = spec with { EnableServiceLinks = true };
        return ReferenceEquals(spec, pod.Spec) ? pod : pod with { Spec = spec };
    }

    public static void Validate(Pod pod, Pod? old, FieldErrors errors)
    {
        if (old is null)
        {
            using var _ = errors.In("spec");
            PodRules.Validate(pod.Spec, errors);
        }
        else if (pod.Spec != old.Spec && WithoutMutable(pod.Spec, old.Spec) != old.Spec)
        {
            errors.Forbidden("spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                + "`spec.terminationGracePeriodSeconds` "
                + "(allow it to be set to 1 if it was previously negative)");
        }
    }

    // The new spec with what may change set back: the same as the old one if nothing else did.
    private static PodSpec WithoutMutable(PodSpec spec, PodSpec old) => spec with
    {
        ActiveDeadlineSeconds = old.ActiveDeadlineSeconds,
        Tolerations = old.Tolerations,
        // Binding a pod to its node is a write of the spec too.
        NodeName = old.NodeName is null ? null : spec.NodeName,
        Containers = Images(spec.Containers, old.Containers),
        InitContainers = Images(spec.InitContainers, old.InitContainers),
    };

    private static ValueList<Container> Images(ValueList<Container> containers, ValueList<Container> old) => containers.Count != old.Count
        ? containers
        : containers.Select((c, i) => c.Image == old[i].Image ? c : c with { Image = old[i].Image }).ToValueList();
}
