using System.Text.Json.Serialization;

namespace Kip.Resources.ApiExtensions;

/// <summary>One version of a custom kind: whether it is served and stored, and the shape of its objects.</summary>
public sealed record CustomResourceDefinitionVersion
{
    public string Name { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Served { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Storage { get; init; }
    public bool Deprecated { get; init; }
    public string? DeprecationWarning { get; init; }
    public CustomResourceValidation? Schema { get; init; }
    public CustomResourceSubresources? Subresources { get; init; }
    public ValueList<CustomResourceColumnDefinition> AdditionalPrinterColumns { get; init; }
    public ValueList<SelectableField> SelectableFields { get; init; }
}

public sealed record CustomResourceValidation
{
    /// <summary>The schema, as it was written.</summary>
    [JsonPropertyName("openAPIV3Schema")]
    public CompactJson? OpenApiV3Schema { get; init; }
}

public sealed record CustomResourceSubresources
{
    /// <summary>Anything but null: there is a <c>/status</c>.</summary>
    public CustomResourceSubresourceStatus? Status { get; init; }
    public CustomResourceSubresourceScale? Scale { get; init; }
}

public sealed record CustomResourceSubresourceStatus;

public sealed record CustomResourceSubresourceScale
{
    public string SpecReplicasPath { get; init => field = value ?? ""; } = "";
    public string StatusReplicasPath { get; init => field = value ?? ""; } = "";
    public string? LabelSelectorPath { get; init; }
}

public sealed record CustomResourceColumnDefinition
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string Type { get; init => field = value ?? ""; } = "";
    public string? Format { get; init; }
    public string? Description { get; init; }
    public int Priority { get; init; }
    public string JsonPath { get; init => field = value ?? ""; } = "";
}

public sealed record SelectableField
{
    public string JsonPath { get; init => field = value ?? ""; } = "";
}
