namespace Kip.Resources.ApiExtensions;

/// <summary>Makes the API serve a kind of the user's own.</summary>
public sealed record CustomResourceDefinition : Resource<CustomResourceDefinitionSpec, CustomResourceDefinitionStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "apiextensions.k8s.io", Version = "v1", Kind = "CustomResourceDefinition", Plural = "customresourcedefinitions",
        Singular = "customresourcedefinition", Namespaced = false, ShortNames = ["crd", "crds"], Categories = ["api-extensions"], HasStatus = true,
        StrategicMerge = true, ClrType = typeof(CustomResourceDefinition),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record CustomResourceDefinitionSpec
{
    public string Group { get; init => field = value ?? ""; } = "";
    public CustomResourceDefinitionNames Names { get; init => field = value ?? new(); } = new();

    /// <summary><c>Namespaced</c> or <c>Cluster</c>.</summary>
    public string Scope { get; init => field = value ?? ""; } = "";
    public ValueList<CustomResourceDefinitionVersion> Versions { get; init; }
    public CustomResourceConversion? Conversion { get; init; }
    public bool PreserveUnknownFields { get; init; }
}

public sealed record CustomResourceDefinitionNames
{
    public string Plural { get; init => field = value ?? ""; } = "";
    public string? Singular { get; init; }
    public ValueList<string> ShortNames { get; init; }
    public string Kind { get; init => field = value ?? ""; } = "";
    public string? ListKind { get; init; }
    public ValueList<string> Categories { get; init; }
}

public sealed record CustomResourceConversion
{
    /// <summary><c>None</c> or <c>Webhook</c>.</summary>
    public string Strategy { get; init => field = value ?? ""; } = "";
    public RawJson? Webhook { get; init; }
}

public sealed record CustomResourceDefinitionStatus
{
    public ValueList<Condition> Conditions { get; init; }
    public CustomResourceDefinitionNames AcceptedNames { get; init => field = value ?? new(); } = new();
    public ValueList<string> StoredVersions { get; init; }
}
