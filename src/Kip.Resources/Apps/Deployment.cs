using Kip.Resources.Core;

namespace Kip.Resources.Apps;

/// <summary>Keeps a number of like pods running.</summary>
public sealed record Deployment : Resource<DeploymentSpec, DeploymentStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "apps", Version = "v1", Kind = "Deployment", Plural = "deployments", Singular = "deployment", Namespaced = true,
        ShortNames = ["deploy"], Categories = ["all"], HasStatus = true, HasScale = true, StrategicMerge = true,
        ClrType = typeof(Deployment),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record DeploymentSpec
{
    public int? Replicas { get; init; }
    public LabelSelector? Selector { get; init; }
    public PodTemplateSpec Template { get; init => field = value ?? new(); } = new();
    public DeploymentStrategy? Strategy { get; init; }
    public int MinReadySeconds { get; init; }
    public int? RevisionHistoryLimit { get; init; }
    public bool Paused { get; init; }
    public int? ProgressDeadlineSeconds { get; init; }
}

public sealed record DeploymentStrategy
{
    public string? Type { get; init; }
    public RollingUpdateDeployment? RollingUpdate { get; init; }
}

public sealed record RollingUpdateDeployment
{
    public IntOrString? MaxUnavailable { get; init; }
    public IntOrString? MaxSurge { get; init; }
}

public sealed record DeploymentStatus
{
    public long ObservedGeneration { get; init; }
    public int Replicas { get; init; }
    public int UpdatedReplicas { get; init; }
    public int ReadyReplicas { get; init; }
    public int AvailableReplicas { get; init; }
    public int UnavailableReplicas { get; init; }
    public int? TerminatingReplicas { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public int? CollisionCount { get; init; }
}
