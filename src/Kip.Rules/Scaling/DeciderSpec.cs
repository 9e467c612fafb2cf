using Kip.Resources.Autoscaling;

namespace Kip.Rules.Scaling;

/// <summary>What is counted to decide how many pods a revision needs.</summary>
public enum ScalingMetric
{
    Concurrency,
    RequestsPerSecond,
}

/// <summary>How a window's seconds are averaged.</summary>
public enum WindowAlgorithm
{
    Linear,
    WeightedExponential,
}

/// <summary>Every number a decision about one revision depends on, resolved from its annotations and <c>config-autoscaler</c>.</summary>
/// <remarks>Equal for most revisions, so the loop keeps one object for all that are equal.</remarks>
public sealed record DeciderSpec
{
    public ScalingMetric Metric { get; init; }
    public WindowAlgorithm Algorithm { get; init; }

    /// <summary>What one pod can take; <see cref="Target"/> is the share of it that is aimed at.</summary>
    public double Total { get; init; } = 100;
    public double Target { get; init; } = 70;
    public double TargetBurstCapacity { get; init; } = 211;
    public double ActivatorCapacity { get; init; } = 100;
    public double MaxScaleUpRate { get; init; } = 1000;
    public double MaxScaleDownRate { get; init; } = 2;

    /// <summary>Panic begins when the pods wanted are this many times the pods ready.</summary>
    public double PanicThreshold { get; init; } = 2;
    public TimeSpan StableWindow { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan PanicWindow { get; init; } = TimeSpan.FromSeconds(6);
    public TimeSpan ScaleDownDelay { get; init; }
    public int InitialScale { get; init; } = 1;

    /// <value>0: no activation scale.</value>
    public int ActivationScale { get; init; }

    /// <summary>Whether a route leads to the revision, or may soon.</summary>
    public bool Reachable { get; init; } = true;

    /// <summary>Resolves the numbers for one PodAutoscaler.</summary>
    public static DeciderSpec For(PodAutoscaler autoscaler, AutoscalerConfig config) =>
        For(autoscaler.Spec, AutoscalingAnnotations.Read(autoscaler.Metadata.Annotations), config);

    /// <inheritdoc cref="For(PodAutoscaler, AutoscalerConfig)"/>
    public static DeciderSpec For(PodAutoscalerSpec spec, AutoscalingAnnotations asked, AutoscalerConfig config)
    {
        var metric = asked.Metric == "rps" ? ScalingMetric.RequestsPerSecond : ScalingMetric.Concurrency;
        var (total, target) = ResolveTarget(metric, spec.ContainerConcurrency, asked, config);
        var window = asked.Window ?? config.StableWindow;
        return new()
        {
            Metric = metric,
            Algorithm = asked.Aggregation is "weighted-exponential" or "weightedExponential"
                ? WindowAlgorithm.WeightedExponential
                : WindowAlgorithm.Linear,
            Total = total,
            Target = target,
            TargetBurstCapacity = asked.TargetBurstCapacity ?? config.TargetBurstCapacity,
            ActivatorCapacity = config.ActivatorCapacity,
            MaxScaleUpRate = config.MaxScaleUpRate,
            MaxScaleDownRate = config.MaxScaleDownRate,
            PanicThreshold = (asked.PanicThresholdPercentage ?? config.PanicThresholdPercentage) / 100,
            StableWindow = window,
            PanicWindow = PanicWindowOf(window, asked.PanicWindowPercentage ?? config.PanicWindowPercentage),
            ScaleDownDelay = asked.ScaleDownDelay ?? config.ScaleDownDelay,
            InitialScale = asked.InitialScaleOrDefault(config),
            ActivationScale = asked.ActivationScale ?? 0,
            Reachable = spec.Reachability != PodReachability.Unreachable,
        };
    }

    private static (double Total, double Target) ResolveTarget(
        ScalingMetric metric, long containerConcurrency, AutoscalingAnnotations asked, AutoscalerConfig config)
    {
        double total, fraction;
        if (metric == ScalingMetric.RequestsPerSecond)
        {
            total = asked.Target ?? config.RpsTargetDefault;
            fraction = AutoscalerConfig.RpsTargetUtilization;
        }
        else
        {
            // A hard limit caps a softer wish: a pod never gets more at a time than the limit, so it cannot be counted on for more.
            total = containerConcurrency > 0 ? containerConcurrency : config.ConcurrencyTargetDefault;
            if (asked.Target is { } wish) total = containerConcurrency > 0 ? Math.Min(wish, containerConcurrency) : wish;
            fraction = config.ConcurrencyTargetFraction;
        }
        if (asked.TargetUtilizationPercentage is { } percentage) fraction = percentage / 100;
        return (total, Math.Max(AutoscalerConfig.TargetMin, total * fraction));
    }

    private static TimeSpan PanicWindowOf(TimeSpan stable, double percentage)
    {
        var seconds = Math.Round(stable.TotalSeconds * percentage / 100, MidpointRounding.AwayFromZero);
        return TimeSpan.FromSeconds(Math.Max(1, seconds));
    }
}

/// <summary>The values of <see cref="PodAutoscalerSpec.Reachability"/>.</summary>
public static class PodReachability
{
    public const string Unknown = "";
    public const string Reachable = "Reachable";
    public const string Unreachable = "Unreachable";
}
