using System.Text.Json.Serialization;

namespace Kip.Resources.Autoscaling;

/// <summary>How a Revision's pods are scaled, and what the autoscaler last decided.</summary>
public sealed record PodAutoscaler : Resource<PodAutoscalerSpec, PodAutoscalerStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "autoscaling.internal.knative.dev", Version = "v1alpha1", Kind = "PodAutoscaler", Plural = "podautoscalers",
        Singular = "podautoscaler", Namespaced = true, ShortNames = ["kpa", "pa"], Categories = ["knative-internal", "autoscaling"],
        HasStatus = true, ClrType = typeof(PodAutoscaler),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record PodAutoscalerSpec
{
    public long ContainerConcurrency { get; init; }
    public ScaleTargetRef? ScaleTargetRef { get; init; }

    /// <value>Empty, <c>Reachable</c> or <c>Unreachable</c>.</value>
    public string? Reachability { get; init; }

    /// <value><c>http1</c> or <c>h2c</c>.</value>
    public string? ProtocolType { get; init; }
}

public sealed record ScaleTargetRef
{
    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }
    public string? Name { get; init; }
}

public sealed record PodAutoscalerStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public string? ServiceName { get; init; }
    public string? MetricsServiceName { get; init; }

    /// <summary>Pods the autoscaler wants; null before its first decision.</summary>
    public int? DesiredScale { get; init; }

    /// <summary>Pods that are ready.</summary>
    public int? ActualScale { get; init; }
}

/// <summary>The body of a <c>/scale</c> subresource (autoscaling/v1).</summary>
public sealed record Scale
{
    public string Kind { get; init; } = "Scale";
    public string ApiVersion { get; init; } = "autoscaling/v1";
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;
    public ScaleSpec Spec { get; init => field = value ?? new(); } = new();
    public ScaleStatus Status { get; init => field = value ?? new(); } = new();
}

public sealed record ScaleSpec
{
    public int Replicas { get; init; }
}

public sealed record ScaleStatus
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Replicas { get; init; }
    public string? Selector { get; init; }
}
