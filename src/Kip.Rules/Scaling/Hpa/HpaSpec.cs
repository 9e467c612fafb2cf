namespace Kip.Rules.Scaling.Hpa;

/// <summary>How a revision of the class <c>hpa.autoscaling.knative.dev</c> scales.</summary>
/// <param name="Metric"><c>cpu</c> or <c>memory</c>.</param>
/// <param name="Target">For cpu percent of what a pod requests, for memory mebibytes per pod.</param>
/// <param name="Min">At least 1: this class does not sleep.</param>
/// <param name="Max">0: no limit.</param>
/// <param name="ScaleUpWindow">Pods are added only if they were wanted all of this time.</param>
/// <param name="ScaleDownWindow">Pods are taken away only if they were not wanted all of this time.</param>
public sealed record HpaSpec(string Metric, double Target, int Min, int Max, TimeSpan ScaleUpWindow, TimeSpan ScaleDownWindow)
{
    public const string Cpu = "cpu";
    public const string Memory = "memory";

    // What Kubernetes' HorizontalPodAutoscaler does when it is told nothing.
    private const double DefaultCpuTarget = 80;
    private static readonly TimeSpan DefaultScaleDownWindow = TimeSpan.FromMinutes(5);

    /// <summary>The settings that a PodAutoscaler's annotations and the ConfigMap make.</summary>
    public static HpaSpec For(AutoscalingAnnotations asked, AutoscalerConfig config)
    {
        var metric = asked.Metric == Memory ? Memory : Cpu;
        return new HpaSpec(
            // Without a target there is no measure but the usual one.
            asked.Target is null ? Cpu : metric,
            asked.Target is not { } target ? DefaultCpuTarget : metric == Cpu ? Math.Ceiling(target) : Math.Floor(target),
            Math.Max(1, asked.MinScale ?? config.MinScale),
            asked.MaxScale ?? config.MaxScale,
            asked.Window ?? TimeSpan.Zero,
            asked.Window ?? DefaultScaleDownWindow);
    }
}
