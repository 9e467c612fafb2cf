using Kip.Resources;
using Kip.Resources.Apps;

namespace Kip.Rules.Admission.Core;

/// <summary>Defaults and rules of Deployments, as Kubernetes has them.</summary>
internal static class DeploymentAdmission
{
    private static readonly IntOrString Quarter = "25%";
    private static readonly DeploymentStrategy Rolling =
        new() { Type = "RollingUpdate", RollingUpdate = new RollingUpdateDeployment { MaxSurge = Quarter, MaxUnavailable = Quarter } };

    public static Deployment Default(Deployment deployment)
    {
        var spec = deployment.Spec;
        var pod = PodDefaults.Apply(spec.Template.Spec);
        var strategy = Strategy(spec.Strategy);
        if (spec is { Replicas: not null, RevisionHistoryLimit: not null, ProgressDeadlineSeconds: not null }
            && ReferenceEquals(pod, spec.Template.Spec) && ReferenceEquals(strategy, spec.Strategy)) return deployment;
        return deployment with
        {
            Spec = spec with
            {
                Replicas = spec.Replicas ?? 1,
                RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
                ProgressDeadlineSeconds = spec.ProgressDeadlineSeconds ?? 600,
                Strategy = strategy,
                Template = ReferenceEquals(pod, spec.Template.Spec) ? spec.Template : spec.Template with { Spec = pod },
            },
        };
    }

    public static void Validate(Deployment deployment, Deployment? old, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        var spec = deployment.Spec;
        if (spec.Replicas < 0) errors.InvalidValue(spec.Replicas, "replicas", "must be greater than or equal to 0");
        if (old is not null && ReferenceEquals(spec.Template, old.Spec.Template) && spec.Selector == old.Spec.Selector) return;
        ValidateSelector(spec, old, errors);
        if (spec.Strategy?.Type is { } type && type is not ("RollingUpdate" or "Recreate"))
            errors.UnsupportedValue(type, "strategy.type", "Recreate", "RollingUpdate");
        if (spec.ProgressDeadlineSeconds is { } deadline && deadline <= spec.MinReadySeconds)
            errors.InvalidValue(deadline, "progressDeadlineSeconds", "must be greater than minReadySeconds");
        if (spec.Template.Spec.RestartPolicy is { } restart && restart != "Always")
            errors.UnsupportedValue(restart, "template.spec.restartPolicy", "Always");
        using (errors.In("template")) using (errors.In("spec")) PodRules.Validate(spec.Template.Spec, errors);
    }

    private static void ValidateSelector(DeploymentSpec spec, Deployment? old, FieldErrors errors)
    {
        if (spec.Selector is not { } selector || (selector.MatchLabels.IsEmpty && selector.MatchExpressions.IsEmpty))
        {
            errors.RequiredValue("selector");
            return;
        }
        foreach (var (key, value) in selector.MatchLabels)
            if (spec.Template.Metadata.Labels.Get(key) != value)
            {
                errors.InvalidValue(spec.Template.Metadata.Labels, "template.metadata.labels",
                    "`selector` does not match template `labels`");
                break;
            }
        if (old is not null && old.Spec.Selector != selector) errors.InvalidValue(selector.MatchLabels, "selector", "field is immutable");
    }

    private static DeploymentStrategy Strategy(DeploymentStrategy? stated)
    {
        if (stated is null) return Rolling;
        if (stated.Type is null) stated = stated with { Type = "RollingUpdate" };
        if (stated.Type != "RollingUpdate" || stated.RollingUpdate is { MaxSurge: not null, MaxUnavailable: not null }) return stated;
        return stated with
        {
            RollingUpdate = new RollingUpdateDeployment
            {
                MaxSurge = stated.RollingUpdate?.MaxSurge ?? Quarter,
                MaxUnavailable = stated.RollingUpdate?.MaxUnavailable ?? Quarter,
            },
        };
    }
}
