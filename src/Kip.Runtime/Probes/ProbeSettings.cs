using Kip.Resources.Core;

namespace Kip.Runtime.Probes;

/// <summary>How often a probe asks and how many answers count, with Kubernetes' defaults filled in.</summary>
public readonly record struct ProbeSettings(
    TimeSpan InitialDelay, TimeSpan Period, TimeSpan Timeout, int SuccessThreshold, int FailureThreshold)
{
    /// <summary>A period of 0 means Knative's aggressive probing; after the first success it is asked as rarely as any other.</summary>
    public static ProbeSettings Of(Probe probe) => new(
        TimeSpan.FromSeconds(probe.InitialDelaySeconds),
        TimeSpan.FromSeconds(probe.PeriodSeconds > 0 ? probe.PeriodSeconds : 10),
        TimeSpan.FromSeconds(probe.TimeoutSeconds > 0 ? probe.TimeoutSeconds : 1),
        Math.Max(1, probe.SuccessThreshold),
        probe.FailureThreshold > 0 ? probe.FailureThreshold : 3);
}
