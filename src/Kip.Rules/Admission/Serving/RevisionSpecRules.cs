using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Names;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Rules of what a Revision runs.</summary>
internal static class RevisionSpecRules
{
    public static void Validate(RevisionSpec spec, ServingConfig config, FieldErrors errors)
    {
        ValidateScalars(spec, config.Defaults, errors);
        PodSpecFieldRules.Validate(spec, config.Features, errors);
        if (!string.IsNullOrEmpty(spec.ServiceAccountName) && DnsNames.CheckDns1123Subdomain(spec.ServiceAccountName) is { } wrong)
            errors.Invalid(spec.ServiceAccountName, "serviceAccountName", wrong);
        ContainerListRules.Validate(spec, config.Features, errors);
        VolumeRules.Validate(spec, config.Features, errors);
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
