using Kip.Resources;
using Kip.Resources.Apps;

namespace Kip.Runtime.Deployments;

/// <summary>How many pods a Deployment wants, and by how many it may be over or under while it changes them.</summary>
/// <param name="Replicas">Wanted pods.</param>
/// <param name="MaxSurge">So many more may exist.</param>
/// <param name="MaxUnavailable">So many fewer may be available.</param>
internal readonly record struct RolloutCount(int Replicas, int MaxSurge, int MaxUnavailable)
{
    private const string DefaultShare = "25%";

    /// <summary>So many pods may exist at one time.</summary>
    public int Most => Replicas + MaxSurge;

    public int MinAvailable => Math.Max(0, Replicas - MaxUnavailable);

    /// <summary>Resolves percentages as Kubernetes does: surge up, unavailable down, and never both zero.</summary>
    public static RolloutCount Of(DeploymentSpec spec)
    {
        var replicas = spec.Replicas ?? 1;
        var rolling = spec.Strategy?.RollingUpdate;
        var surge = Resolve(rolling?.MaxSurge ?? DefaultShare, replicas, roundUp: true);
        var unavailable = Math.Min(replicas, Resolve(rolling?.MaxUnavailable ?? DefaultShare, replicas, roundUp: false));
        if (surge == 0 && unavailable == 0) unavailable = 1;
        return new(replicas, surge, unavailable);
    }

    private static int Resolve(IntOrString value, int total, bool roundUp)
    {
        if (value.Text is not { } text) return Math.Max(0, value.Number);
        if (!int.TryParse(text.AsSpan().TrimEnd('%'), out var percent)) return 0;
        var share = percent * (long)total;
        return (int)(roundUp ? (share + 99) / 100 : share / 100);
    }
}
