using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Scaling.Hpa;

/// <summary>What the decision needs to know of a pod.</summary>
public static class HpaPods
{
    // A pod that asks for nothing is taken to ask for one core: a percentage must be of something.
    private const double DefaultCores = 1;

    /// <summary>The pod with what was measured of it; null: nothing was.</summary>
    public static HpaPod Of(Pod pod, (TimeSpan CpuTime, long MemoryBytes)? used)
    {
        var cores = pod.Spec.Containers.Sum(static c => Cores(c.Resources));
        return new HpaPod(pod.Metadata.Uid ?? "", cores > 0 ? cores : DefaultCores, used?.CpuTime, used?.MemoryBytes);
    }

    // A limit without a request is a request of the same size, as in Kubernetes.
    private static double Cores(ResourceRequirements? resources) =>
        (resources?.Requests.Get("cpu") ?? resources?.Limits.Get("cpu")) is { } stated ? Quantity.ValueOf(stated) ?? 0 : 0;
}
