using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Admission.Serving.Containers;
using Kip.Rules.Names;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>What a template or Revision that leaves something open means.</summary>
/// <remarks>Hands back the very spec it was given when there is nothing to fill in, so that objects go on sharing it.</remarks>
internal static class RevisionSpecDefaults
{
    /// <param name="owner">The metadata that container name templates refer to.</param>
    /// <param name="old">What it was before; null when it is new. Service links are decided once: a new default must not change what is
    /// there.</param>
    public static RevisionSpec Apply(RevisionSpec spec, ObjectMeta owner, ServingConfig config, RevisionSpec? old)
    {
        var defaults = config.Defaults;
        var timeout = spec.TimeoutSeconds is null or 0 ? defaults.TimeoutSeconds : spec.TimeoutSeconds.Value;
        var wanted = (
            ContainerConcurrency: spec.ContainerConcurrency ?? defaults.ContainerConcurrency,
            TimeoutSeconds: timeout,
            ResponseStartTimeoutSeconds: spec.ResponseStartTimeoutSeconds ?? Shorter(defaults.ResponseStartTimeoutSeconds, timeout),
            IdleTimeoutSeconds: spec.IdleTimeoutSeconds ?? Shorter(defaults.IdleTimeoutSeconds, timeout),
            EnableServiceLinks: spec.EnableServiceLinks ?? (old is null ? defaults.EnableServiceLinks : old.EnableServiceLinks),
            Containers: ContainerDefaults.Apply(spec, owner, defaults, config.Features.SecurePods),
            InitContainers: ContainerDefaults.ApplyInit(spec, owner, defaults, config.Features.SecurePods));
        var present = (
            ContainerConcurrency: spec.ContainerConcurrency ?? -1,
            TimeoutSeconds: spec.TimeoutSeconds ?? -1,
            spec.ResponseStartTimeoutSeconds,
            spec.IdleTimeoutSeconds,
            spec.EnableServiceLinks,
            spec.Containers,
            spec.InitContainers);
        return wanted == present ? spec : spec with
        {
            ContainerConcurrency = wanted.ContainerConcurrency,
            TimeoutSeconds = wanted.TimeoutSeconds,
            ResponseStartTimeoutSeconds = wanted.ResponseStartTimeoutSeconds,
            IdleTimeoutSeconds = wanted.IdleTimeoutSeconds,
            EnableServiceLinks = wanted.EnableServiceLinks,
            Containers = wanted.Containers,
            InitContainers = wanted.InitContainers,
        };
    }

    private static long? Shorter(long byDefault, long timeout) => byDefault != 0 && byDefault < timeout ? byDefault : null;
}
