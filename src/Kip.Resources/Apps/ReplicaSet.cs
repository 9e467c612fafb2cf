using Kip.Resources.Core;

namespace Kip.Resources.Apps;

/// <summary>Keeps a number of pods of one template: what a Deployment has one of for each of its templates.</summary>
public sealed record ReplicaSet : Resource<ReplicaSetSpec, ReplicaSetStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "apps", Version = "v1", Kind = "ReplicaSet", Plural = "replicasets", Singular = "replicaset", Namespaced = true,
        ShortNames = ["rs"], Categories = ["all"], HasStatus = true, HasScale = true, StrategicMerge = true,
        ClrType = typeof(ReplicaSet),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ReplicaSetSpec
{
    public int? Replicas { get; init; }
    public int MinReadySeconds { get; init; }
    public LabelSelector? Selector { get; init; }
    public PodTemplateSpec Template { get; init => field = value ?? new(); } = new();
}

public sealed record ReplicaSetStatus
{
    public int Replicas { get; init; }
    public int FullyLabeledReplicas { get; init; }
    public int ReadyReplicas { get; init; }
    public int AvailableReplicas { get; init; }
    public int? TerminatingReplicas { get; init; }
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
}
