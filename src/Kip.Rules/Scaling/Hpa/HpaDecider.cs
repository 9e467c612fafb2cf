namespace Kip.Rules.Scaling.Hpa;

/// <summary>Decides how many pods a revision should have by what its pods use, as Kubernetes' HorizontalPodAutoscaler does.</summary>
/// <remarks>
/// One per revision; one caller at a time. The arithmetic is that of k8s.io/kubernetes/pkg/controller/podautoscaler: a ratio of use to target
/// within a tenth of one changes nothing, pods that were not measured count against any change, and the windows hold back what may not last.
/// </remarks>
public sealed class HpaDecider
{
    /// <summary>How often to decide.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private const double Tolerance = 0.1;
    private const double MebiByte = 1024 * 1024;

    // In one period at most twice as many, or four more: whichever allows more.
    private const int FreeSteps = 4;

    private readonly Dictionary<string, (DateTimeOffset Time, TimeSpan CpuTime)> _measured = [];
    private readonly List<(DateTimeOffset Time, int Pods)> _wanted = [];

    /// <summary>Takes a measurement in and decides.</summary>
    /// <param name="pods">The pods that are ready.</param>
    /// <param name="replicas">What the scale target is set to.</param>
    public int Decide(HpaSpec spec, IReadOnlyList<HpaPod> pods, int replicas, DateTimeOffset now)
    {
        var use = pods.Select(p => (Use: UseOf(spec, p, now), Share: ShareOf(spec, p))).ToArray();
        Remember(pods, now);
        var wanted = Bounded(spec, Recommend(use, replicas));
        _wanted.RemoveAll(w => now - w.Time > Longest(spec));
        _wanted.Add((now, wanted));
        return Bounded(spec, Stabilised(spec, wanted, replicas, now));
    }

    // Use is in cores or bytes, and null when it is not known: a rate takes two measurements.
    private double? UseOf(HpaSpec spec, HpaPod pod, DateTimeOffset now)
    {
        if (spec.Metric == HpaSpec.Memory) return pod.MemoryBytes;
        if (pod.CpuTime is not { } used || !_measured.TryGetValue(pod.Uid, out var before) || now <= before.Time) return null;
        // Less than before: a container was started anew in between.
        return used < before.CpuTime ? null : (used - before.CpuTime) / (now - before.Time);
    }

    private static double ShareOf(HpaSpec spec, HpaPod pod) =>
        spec.Metric == HpaSpec.Memory ? spec.Target * MebiByte : pod.CpuRequest * spec.Target / 100;

    private static int Recommend((double? Use, double Share)[] pods, int replicas)
    {
        var known = pods.Where(static p => p.Use is not null).ToArray();
        if (known.Length == 0) return replicas;
        var (use, share) = (known.Sum(static p => p.Use!.Value), known.Sum(static p => p.Share));
        if (share <= 0) return replicas;
        var ratio = use / share;
        if (known.Length == pods.Length) return IsClose(ratio) ? replicas : Pods(ratio, pods.Length);
        // Those not known are taken to use all of their share when fewer are wanted, and nothing when more are.
        var rest = pods.Where(static p => p.Use is null).Sum(static p => p.Share);
        var cautious = ratio < 1 ? (use + rest) / (share + rest) : use / (share + rest);
        return IsClose(cautious) || ratio < 1 != cautious < 1 ? replicas : Pods(cautious, pods.Length);
    }

    private static bool IsClose(double ratio) => Math.Abs(1 - ratio) <= Tolerance;

    private static int Pods(double ratio, int pods) => (int)Math.Min(int.MaxValue, Math.Ceiling(Math.Round(ratio * pods, 6)));

    private int Stabilised(HpaSpec spec, int wanted, int replicas, DateTimeOffset now)
    {
        // The least of what was wanted lately bounds a growth, the most of it a decline.
        var up = _wanted.Where(w => now - w.Time <= spec.ScaleUpWindow).Select(static w => w.Pods).DefaultIfEmpty(wanted).Min();
        var down = _wanted.Where(w => now - w.Time <= spec.ScaleDownWindow).Select(static w => w.Pods).DefaultIfEmpty(wanted).Max();
        var stable = replicas < up ? up : replicas > down ? down : replicas;
        return (int)Math.Min(stable, Math.Max(replicas * 2L, replicas + FreeSteps));
    }

    private void Remember(IReadOnlyList<HpaPod> pods, DateTimeOffset now)
    {
        var present = pods.Select(static p => p.Uid).ToHashSet();
        foreach (var gone in _measured.Keys.Where(u => !present.Contains(u)).ToArray()) _measured.Remove(gone);
        foreach (var pod in pods)
            if (pod.CpuTime is { } used) _measured[pod.Uid] = (now, used);
    }

    private static TimeSpan Longest(HpaSpec spec) => spec.ScaleUpWindow > spec.ScaleDownWindow ? spec.ScaleUpWindow : spec.ScaleDownWindow;

    private static int Bounded(HpaSpec spec, int pods)
    {
        var least = Math.Max(pods, spec.Min);
        return spec.Max > 0 ? Math.Min(least, spec.Max) : least;
    }
}
