using Kip.Resources.Autoscaling;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of PodAutoscalers.</summary>
internal static class PodAutoscalerAdmission
{
    private const string Class = "autoscaling.knative.dev/class";
    private const string Metric = "autoscaling.knative.dev/metric";
    private const string KpaClass = "kpa.autoscaling.knative.dev";
    private const string HpaClass = "hpa.autoscaling.knative.dev";

    /// <summary>Class and metric are stated, so that whoever reads the object need not know the platform's defaults.</summary>
    public static PodAutoscaler Default(PodAutoscaler autoscaler, PlatformConfig config)
    {
        var annotations = autoscaler.Metadata.Annotations;
        if (!annotations.ContainsKey(Class))
            annotations = annotations.With(Class, config["config-autoscaler"].Get("pod-autoscaler-class") is { Length: > 0 } configured
                ? configured
                : KpaClass);
        if (!annotations.ContainsKey(Metric) && annotations[Class] is KpaClass or HpaClass)
            annotations = annotations.With(Metric, annotations[Class] == KpaClass ? "concurrency" : "cpu");
        return annotations == autoscaler.Metadata.Annotations
            ? autoscaler
            : autoscaler with { Metadata = autoscaler.Metadata with { Annotations = annotations } };
    }

    public static void Validate(PodAutoscaler autoscaler, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        var spec = autoscaler.Spec;
        if (spec.ContainerConcurrency is < 0 or > 1_000_000)
            errors.OutOfBounds(spec.ContainerConcurrency, 0, 1_000_000, "containerConcurrency");
        if (spec.ScaleTargetRef is not { } target) errors.Missing("scaleTargetRef");
        else
        {
            using var inside = errors.In("scaleTargetRef");
            if (string.IsNullOrEmpty(target.ApiVersion)) errors.Missing("apiVersion");
            if (string.IsNullOrEmpty(target.Kind)) errors.Missing("kind");
            if (string.IsNullOrEmpty(target.Name)) errors.Missing("name");
        }
        if (spec.Reachability is not (null or "" or "Reachable" or "Unreachable")) errors.Invalid(spec.Reachability, "reachability");
        if (spec.ProtocolType is not (null or "" or "http1" or "h2c")) errors.Invalid(spec.ProtocolType, "protocolType");
    }
}
