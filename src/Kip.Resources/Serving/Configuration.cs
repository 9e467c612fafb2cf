namespace Kip.Resources.Serving;

/// <summary>The wanted state of what runs; every change of its template makes a Revision.</summary>
public sealed record Configuration : Resource<ConfigurationSpec, ConfigurationStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "serving.knative.dev", Version = "v1", Kind = "Configuration", Plural = "configurations", Singular = "configuration",
        Namespaced = true, ShortNames = ["config", "cfg"], Categories = ["all", "knative", "serving"], HasStatus = true,
        ClrType = typeof(Configuration),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ConfigurationSpec
{
    public RevisionTemplateSpec Template { get; init => field = value ?? new(); } = new();
}

public sealed record ConfigurationStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public string? LatestReadyRevisionName { get; init; }
    public string? LatestCreatedRevisionName { get; init; }
}
