using System.Globalization;
using Kip.Resources;

namespace Kip.Rules.Scaling;

/// <summary>What a Revision's or PodAutoscaler's annotations ask of the autoscaler. Null: not asked, the ConfigMap decides.</summary>
/// <remarks>Reading is forgiving: a value that cannot be read counts as absent, since validation has refused it on the way in.</remarks>
public sealed record AutoscalingAnnotations
{
    public static readonly AutoscalingAnnotations None = new();

    public string? Class { get; init; }
    public string? Metric { get; init; }
    public double? Target { get; init; }
    public int? MinScale { get; init; }
    public int? MaxScale { get; init; }
    public int? InitialScale { get; init; }
    public int? ActivationScale { get; init; }
    public TimeSpan? ScaleDownDelay { get; init; }
    public TimeSpan? PodRetention { get; init; }
    public TimeSpan? Window { get; init; }
    public double? PanicWindowPercentage { get; init; }
    public double? PanicThresholdPercentage { get; init; }
    public double? TargetUtilizationPercentage { get; init; }
    public double? TargetBurstCapacity { get; init; }
    public string? Aggregation { get; init; }

    /// <summary>Outside the prefix: <c>serving.knative.dev/progress-deadline</c>.</summary>
    public TimeSpan? ProgressDeadline { get; init; }

    /// <summary>Whether the pods are scaled by the decisions of this room, and not by a foreign class.</summary>
    public bool IsKpa(AutoscalerConfig config) => (Class ?? config.PodAutoscalerClass) == AutoscalingKeys.KpaClass;

    /// <summary>Whether the pods are scaled by what they use.</summary>
    public bool IsHpa(AutoscalerConfig config) => (Class ?? config.PodAutoscalerClass) == AutoscalingKeys.HpaClass;

    /// <summary>The annotations of an object, read.</summary>
    public static AutoscalingAnnotations Read(StringMap annotations) => annotations.IsEmpty ? None : new()
    {
        Class = Text(annotations, AutoscalingKeys.Class),
        Metric = Text(annotations, AutoscalingKeys.Metric),
        Target = Number(annotations, AutoscalingKeys.Target),
        MinScale = Count(annotations, AutoscalingKeys.MinScale),
        MaxScale = Count(annotations, AutoscalingKeys.MaxScale),
        InitialScale = Count(annotations, AutoscalingKeys.InitialScale),
        ActivationScale = Count(annotations, AutoscalingKeys.ActivationScale),
        ScaleDownDelay = Duration(annotations, AutoscalingKeys.ScaleDownDelay),
        PodRetention = Duration(annotations, AutoscalingKeys.PodRetention),
        Window = Duration(annotations, AutoscalingKeys.Window),
        PanicWindowPercentage = Number(annotations, AutoscalingKeys.PanicWindowPercentage),
        PanicThresholdPercentage = Number(annotations, AutoscalingKeys.PanicThresholdPercentage),
        TargetUtilizationPercentage = Number(annotations, AutoscalingKeys.TargetUtilization),
        TargetBurstCapacity = Number(annotations, AutoscalingKeys.TargetBurstCapacity),
        Aggregation = Text(annotations, AutoscalingKeys.Aggregation),
        ProgressDeadline = GoDuration.TryParse(annotations.Get(AutoscalingKeys.ProgressDeadline), out var deadline) ? deadline : null,
    };

    /// <summary>Pods a new revision starts with: the annotation unless it is a zero that is not allowed, else the ConfigMap's number.</summary>
    public int InitialScaleOrDefault(AutoscalerConfig config) =>
        InitialScale is { } asked && (asked > 0 || config.AllowZeroInitialScale) ? asked : config.InitialScale;

    internal static bool TryNumber(string? text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    internal static bool TryCount(string? text, out int count) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count);

    private static string? Text(StringMap annotations, AnnotationKey key) => key.Find(annotations)?.Value;

    private static double? Number(StringMap annotations, AnnotationKey key) =>
        TryNumber(key.Find(annotations)?.Value, out var number) ? number : null;

    private static int? Count(StringMap annotations, AnnotationKey key) =>
        TryCount(key.Find(annotations)?.Value, out var count) && count >= 0 ? count : null;

    private static TimeSpan? Duration(StringMap annotations, AnnotationKey key) =>
        GoDuration.TryParse(key.Find(annotations)?.Value, out var duration) && duration >= TimeSpan.Zero ? duration : null;
}
