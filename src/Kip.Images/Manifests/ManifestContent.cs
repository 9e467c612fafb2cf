using System.Text.Json.Serialization;

namespace Kip.Images.Manifests;

/// <summary>The fields of manifests and indexes, as in JSON; which of them are there says which it is.</summary>
internal sealed record ManifestContent
{
    public int SchemaVersion { get; init; }
    public string? MediaType { get; init; }
    public string? ArtifactType { get; init; }
    public Descriptor? Config { get; init; }
    public Descriptor[]? Layers { get; init; }
    public Descriptor[]? Manifests { get; init; }
    public Descriptor? Subject { get; init; }
    public Dictionary<string, string>? Annotations { get; init; }
}

/// <summary>An image's config as in JSON: for which platform, which layers, and how it is run.</summary>
internal sealed record ConfigContent
{
    public string? Architecture { get; init; }
    public string? Os { get; init; }
    public string? Variant { get; init; }
    public DateTimeOffset? Created { get; init; }
    public RunContent? Config { get; init; }
    public RootFileSystem? Rootfs { get; init; }
}

internal sealed record RootFileSystem
{
    public string? Type { get; init; }

    [JsonPropertyName("diff_ids")]
    public string[]? DiffIds { get; init; }
}

/// <summary>The part that Docker calls <c>Config</c>, with its capital letters.</summary>
internal sealed record RunContent
{
    [JsonPropertyName("User")] public string? User { get; init; }
    [JsonPropertyName("ExposedPorts")] public Dictionary<string, EmptyObject>? ExposedPorts { get; init; }
    [JsonPropertyName("Env")] public string[]? Env { get; init; }
    [JsonPropertyName("Entrypoint")] public string[]? Entrypoint { get; init; }
    [JsonPropertyName("Cmd")] public string[]? Cmd { get; init; }
    [JsonPropertyName("Volumes")] public Dictionary<string, EmptyObject>? Volumes { get; init; }
    [JsonPropertyName("WorkingDir")] public string? WorkingDir { get; init; }
    [JsonPropertyName("StopSignal")] public string? StopSignal { get; init; }
    [JsonPropertyName("Labels")] public Dictionary<string, string>? Labels { get; init; }
}

internal sealed record EmptyObject;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ManifestContent))]
[JsonSerializable(typeof(ConfigContent))]
internal sealed partial class ManifestJson : JsonSerializerContext;
