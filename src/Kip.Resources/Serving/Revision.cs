namespace Kip.Resources.Serving;

/// <summary>An immutable snapshot of what runs.</summary>
public sealed record Revision : Resource<RevisionSpec, RevisionStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "serving.knative.dev", Version = "v1", Kind = "Revision", Plural = "revisions", Singular = "revision", Namespaced = true,
        ShortNames = ["rev"], Categories = ["all", "knative", "serving"], HasStatus = true,
        ClrType = typeof(Revision),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record RevisionStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public string? LogUrl { get; init; }
    public ValueList<RevisionContainerStatus> ContainerStatuses { get; init; }
    public ValueList<RevisionContainerStatus> InitContainerStatuses { get; init; }
    public int? ActualReplicas { get; init; }
    public int? DesiredReplicas { get; init; }
}

public sealed record RevisionContainerStatus
{
    public string? Name { get; init; }
    public string? ImageDigest { get; init; }
}
