namespace Kip.Traffic.Activation;

/// <summary>Which of several pods gets a request.</summary>
internal static class PodChoice
{
    /// <summary>The less loaded of two at random: nearly as even as the least loaded of all, at a fixed cost.</summary>
    public static PodTracker? OfTwo(PodTracker[] pods, Random random)
    {
        var first = random.Next(pods.Length);
        var second = random.Next(pods.Length - 1);
        if (second >= first) second++;
        var (one, other) = (pods[first], pods[second]);
        var (better, worse) = one.InFlight <= other.InFlight ? (one, other) : (other, one);
        if (better.TryReserve()) return better;
        return worse.TryReserve() ? worse : LeastLoaded(pods, random);
    }

    /// <summary>The least loaded pod with a free slot; among equals a random one.</summary>
    public static PodTracker? LeastLoaded(PodTracker[] pods, Random random)
    {
        if (pods.Length == 0) return null;
        while (true)
        {
            var best = Find(pods, random.Next(pods.Length));
            if (best is null) return null;
            // Another request may have taken the slot since: look again.
            if (best.TryReserve()) return best;
        }
    }

    private static PodTracker? Find(PodTracker[] pods, int start)
    {
        PodTracker? best = null;
        var least = int.MaxValue;
        for (var i = 0; i < pods.Length; i++)
        {
            var pod = pods[start + i < pods.Length ? start + i : start + i - pods.Length];
            var load = pod.InFlight;
            if (load >= least || !pod.HasRoom) continue;
            if (load == 0) return pod;
            (best, least) = (pod, load);
        }
        return best;
    }
}
