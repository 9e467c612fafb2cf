using Kip.Resources;

namespace Kip.Rules.Scaling;

/// <summary>The annotations under <c>autoscaling.knative.dev/</c>, each with the older spellings that are still read.</summary>
public static class AutoscalingKeys
{
    public const string Prefix = "autoscaling.knative.dev/";

    public static readonly AnnotationKey Class = new("class");
    public static readonly AnnotationKey Metric = new("metric");
    public static readonly AnnotationKey Target = new("target");
    public static readonly AnnotationKey MinScale = new("min-scale", "minScale");
    public static readonly AnnotationKey MaxScale = new("max-scale", "maxScale");
    public static readonly AnnotationKey InitialScale = new("initial-scale", "initialScale");
    public static readonly AnnotationKey ActivationScale = new("activation-scale");
    public static readonly AnnotationKey ScaleDownDelay = new("scale-down-delay", "scaleDownDelay");
    public static readonly AnnotationKey PodRetention = new("scale-to-zero-pod-retention-period", "scaleToZeroPodRetentionPeriod");
    public static readonly AnnotationKey Window = new("window");
    public static readonly AnnotationKey PanicWindowPercentage = new("panic-window-percentage", "panicWindowPercentage");
    public static readonly AnnotationKey PanicThresholdPercentage = new("panic-threshold-percentage", "panicThresholdPercentage");
    public static readonly AnnotationKey TargetUtilization = new("target-utilization-percentage", "targetUtilizationPercentage");
    public static readonly AnnotationKey TargetBurstCapacity = new("target-burst-capacity", "targetBurstCapacity");
    public static readonly AnnotationKey Aggregation = new("metric-aggregation-algorithm", "metricAggregationAlgorithm");

    /// <summary>The annotation that overrides how long a revision may take to become ready; it lives outside the prefix.</summary>
    public const string ProgressDeadline = "serving.knative.dev/progress-deadline";

    public const string KpaClass = "kpa.autoscaling.knative.dev";
    public const string HpaClass = "hpa.autoscaling.knative.dev";
}

/// <summary>One annotation and its older spelling; of the two the first wins.</summary>
public sealed class AnnotationKey(string name, string? alias = null)
{
    public string Name { get; } = AutoscalingKeys.Prefix + name;

    public string? Alias { get; } = alias is null ? null : AutoscalingKeys.Prefix + alias;

    /// <summary>Which spelling the map uses, and the value; null when it uses none.</summary>
    public (string Key, string Value)? Find(StringMap annotations)
    {
        if (annotations.TryGetValue(Name, out var value)) return (Name, value);
        if (Alias is not null && annotations.TryGetValue(Alias, out value)) return (Alias, value);
        return null;
    }
}
