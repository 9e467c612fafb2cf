using Kip.Resources.Selectors;
using Kip.Resources.Serving;
using Kip.Rules.Admission.Core;
using Kip.Rules.Admission.Serving.Containers;
using Kip.Rules.Admission.Serving.Volumes;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Revisions;

namespace Kip.Rules.Admission.Serving;

/// <summary>Rules of what a Revision runs.</summary>
internal static class RevisionSpecRules
{
    public static void Validate(RevisionSpec spec, ServingConfig config, FieldErrors errors)
    {
        var before = errors.Found.Count;
        ValidateScalars(spec, config.Defaults, errors);
        PodSpecFieldRules.Validate(spec, config.Features, errors);
        if (!string.IsNullOrEmpty(spec.ServiceAccountName) && NameSyntax.SubdomainError(spec.ServiceAccountName) is { } wrong)
            errors.Invalid(spec.ServiceAccountName, "serviceAccountName", wrong);
        ContainerListRules.Validate(spec, config.Features, errors);
        VolumeRules.Validate(spec, config.Features, errors);
        // What Knative leaves to Kubernetes is asked now, of the pod that would be made, rather than when the first one is refused.
        if (errors.Found.Count == before) PodRules.Validate(PodDefaults.Apply(RevisionPods.Make(new Revision { Spec = spec })), errors);
    }

    private static void ValidateScalars(RevisionSpec spec, DefaultsConfig defaults, FieldErrors errors)
    {
        if (spec.TimeoutSeconds is { } timeout && (timeout < 0 || timeout > defaults.MaxTimeoutSeconds))
            errors.OutOfBounds(timeout, 0, defaults.MaxTimeoutSeconds, "timeoutSeconds");
        if (spec.ContainerConcurrency is not { } concurrency) return;
        var least = defaults.AllowContainerConcurrencyZero ? 0 : 1;
        if (concurrency < least || concurrency > defaults.ContainerConcurrencyMaxLimit)
            errors.OutOfBounds(concurrency, least, defaults.ContainerConcurrencyMaxLimit, "containerConcurrency");
    }
}
