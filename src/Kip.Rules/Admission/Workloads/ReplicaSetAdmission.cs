using Kip.Resources.Apps;
using Kip.Rules.Admission.Core;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Defaults and rules of ReplicaSets.</summary>
internal static class ReplicaSetAdmission
{
    public static ReplicaSet Default(ReplicaSet set)
    {
        var pod = PodDefaults.Apply(set.Spec.Template.Spec);
        if (set.Spec.Replicas is not null && ReferenceEquals(pod, set.Spec.Template.Spec)) return set;
        return set with
        {
            Spec = set.Spec with
            {
                Replicas = set.Spec.Replicas ?? 1,
                Template = ReferenceEquals(pod, set.Spec.Template.Spec) ? set.Spec.Template : set.Spec.Template with { Spec = pod },
            },
        };
    }

    public static void Validate(ReplicaSet set, ReplicaSet? old, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        var spec = set.Spec;
        if (spec.Replicas < 0) errors.InvalidValue(spec.Replicas, "replicas", "must be greater than or equal to 0");
        if (spec.MinReadySeconds < 0) errors.InvalidValue(spec.MinReadySeconds, "minReadySeconds", "must be greater than or equal to 0");
        // Scaling is by far the most frequent change, and touches nothing else.
        if (old is not null && ReferenceEquals(spec.Template, old.Spec.Template) && spec.Selector == old.Spec.Selector) return;
        SelectorRules.Validate(spec.Selector, spec.Template.Metadata.Labels, old?.Spec.Selector, old is not null, errors);
        if (spec.Template.Spec.RestartPolicy is { } restart && restart != "Always") errors.UnsupportedValue(restart, "template.spec.restartPolicy", "Always");
        using (errors.In("template")) using (errors.In("spec")) PodRules.Validate(spec.Template.Spec, errors);
    }
}
