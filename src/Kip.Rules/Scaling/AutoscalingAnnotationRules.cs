using System.Globalization;
using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Rules.Scaling.Hpa;

namespace Kip.Rules.Scaling;

/// <summary>Which values the autoscaling annotations may have (Knative Serving, <c>pkg/apis/autoscaling</c>).</summary>
public static class AutoscalingAnnotationRules
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(6);

    /// <summary>Everything that is wrong with the autoscaling annotations; empty when they may be stored.</summary>
    /// <param name="annotations">All annotations of the object; others than the autoscaler's are passed over.</param>
    /// <param name="config">Gives the limits that an operator has set.</param>
    /// <param name="path">Where the annotations are, e.g. <c>spec.template.metadata.annotations</c>.</param>
    public static IReadOnlyList<FieldError> Validate(StringMap annotations, AutoscalerConfig config, string path = "metadata.annotations")
    {
        var check = new AnnotationCheck(annotations, path);
        CheckClassAndMetric(check);
        CheckScales(check, config);
        CheckNumbers(check);
        CheckDurations(check);
        return check.Errors;
    }

    private static void CheckClassAndMetric(AnnotationCheck check)
    {
        var kind = check.Find(AutoscalingKeys.Class);
        if (kind is { } k && k.Value.EndsWith(".knative.dev", StringComparison.Ordinal)
            && k.Value is not (AutoscalingKeys.KpaClass or AutoscalingKeys.HpaClass))
            check.Invalid(k.Key, k.Value);

        var isKpa = kind is null || kind.Value.Value == AutoscalingKeys.KpaClass;
        if (isKpa && check.Find(AutoscalingKeys.Metric) is { } metric && metric.Value is not ("concurrency" or "rps"))
            check.Invalid(metric.Key, metric.Value);

        // Metrics of the user's own need a server of metrics, which is not here: such a revision would never scale.
        if (kind?.Value == AutoscalingKeys.HpaClass && check.Find(AutoscalingKeys.Metric) is { } used && used.Value is not (HpaSpec.Cpu or HpaSpec.Memory))
            check.Wrong(AutoscalingKeys.Metric, $"invalid value: {used.Value}, this platform measures cpu and memory only");

        // Upstream looks at the algorithm only when the class is written out; so do we, or a manifest accepted there would fail here.
        if (kind?.Value == AutoscalingKeys.KpaClass && check.Find(AutoscalingKeys.Aggregation) is { } algorithm
            && algorithm.Value is not ("" or "linear" or "weighted-exponential" or "weightedExponential"))
            check.Invalid(algorithm.Key, algorithm.Value);
    }

    private static void CheckScales(AnnotationCheck check, AutoscalerConfig config)
    {
        var min = check.Count(AutoscalingKeys.MinScale, 0) ?? config.MinScale;
        var max = check.Count(AutoscalingKeys.MaxScale, 0);
        if (max > config.MaxScaleLimit && config.MaxScaleLimit > 0)
            check.OutOfBounds(AutoscalingKeys.MaxScale, "1", config.MaxScaleLimit.ToString(CultureInfo.InvariantCulture));
        else if (max == 0 && config.MaxScaleLimit > 0)
            check.Wrong(AutoscalingKeys.MaxScale, $"max-scale=0 (unlimited), must be less than {config.MaxScaleLimit}");
        var most = max ?? config.MaxScale;
        if (most > 0 && most < min && (max is not null || check.Find(AutoscalingKeys.MinScale) is not null))
            check.Wrong(AutoscalingKeys.MaxScale, AutoscalingKeys.MinScale, $"max-scale={most} is less than min-scale={min}");

        if (check.Count(AutoscalingKeys.ActivationScale, int.MinValue) is { } activation)
        {
            if (activation < 2) check.Wrong(AutoscalingKeys.ActivationScale, $"activation-scale={activation} must be greater than 1");
            else if (activation < min) check.Wrong(AutoscalingKeys.ActivationScale, $"min-scale={min} is greater than activation-scale={activation}");
            if (most > 0 && activation > most)
                check.Wrong(AutoscalingKeys.ActivationScale, $"max-scale={most} is less than activation-scale={activation}");
        }

        if (check.Count(AutoscalingKeys.InitialScale, 0) is 0 && !config.AllowZeroInitialScale)
            check.Wrong(AutoscalingKeys.InitialScale, "initial-scale=0 is only allowed when allow-zero-initial-scale is true in config-autoscaler");
    }

    private static void CheckNumbers(AnnotationCheck check)
    {
        check.Number(AutoscalingKeys.Target, AutoscalerConfig.TargetMin, double.MaxValue,
            static value => $"target {value} should be at least {AutoscalerConfig.TargetMin.ToString(CultureInfo.InvariantCulture)}");
        check.Number(AutoscalingKeys.PanicWindowPercentage, 1, 100);
        check.Number(AutoscalingKeys.PanicThresholdPercentage, 110, 1000);
        check.Number(AutoscalingKeys.TargetUtilization, 1, 100);
        if (AutoscalingKeys.TargetBurstCapacity.Find(check.Annotations) is not { Value: "-1" })
            check.Number(AutoscalingKeys.TargetBurstCapacity, 0, double.MaxValue, static value => $"invalid value: {value}");
    }

    private static void CheckDurations(AnnotationCheck check)
    {
        check.Duration(AutoscalingKeys.ScaleDownDelay, TimeSpan.Zero, Hour, wholeSeconds: true);
        check.Duration(AutoscalingKeys.PodRetention, TimeSpan.Zero, Hour, wholeSeconds: false);
        check.Duration(AutoscalingKeys.Window, ShortestWindow, Hour, wholeSeconds: true);
    }
}
