namespace Kip.Resources.Metrics;

/// <summary>What a pod's containers use now. Measured when it is asked for, stored nowhere.</summary>
public sealed record PodMetrics : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "metrics.k8s.io", Version = "v1beta1", Kind = "PodMetrics", Plural = "pods", Singular = "", Namespaced = true,
        ClrType = typeof(PodMetrics),
    };

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Over how long it was measured, as <c>1.5s</c>.</summary>
    public string? Window { get; init; }
    public ValueList<ContainerMetrics> Containers { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ContainerMetrics
{
    public required string Name { get; init; }

    /// <summary><c>cpu</c> in cores, <c>memory</c> in bytes.</summary>
    public StringMap Usage { get; init; }
}

/// <summary>What the machine uses now, whoever uses it.</summary>
public sealed record NodeMetrics : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "metrics.k8s.io", Version = "v1beta1", Kind = "NodeMetrics", Plural = "nodes", Singular = "", Namespaced = false,
        ClrType = typeof(NodeMetrics),
    };

    public DateTimeOffset? Timestamp { get; init; }
    public string? Window { get; init; }
    public StringMap Usage { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}
