using System.Text.Json.Serialization;
using Kip.Images.References;

namespace Kip.Images.Manifests;

/// <summary>Names some content by digest and says what it is and how big.</summary>
public sealed record Descriptor
{
    public string MediaType { get; init; } = "";
    public string Digest { get; init; } = "";
    public long Size { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ArtifactType { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? Annotations { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlatformSpec? Platform { get; init; }

    /// <summary>The digest, read.</summary>
    /// <exception cref="ManifestException">It is not a SHA-256 digest, or the size is negative.</exception>
    internal Digest Content => References.Digest.TryParse(Digest, out var digest) && Size >= 0
        ? digest
        : throw new ManifestException($"a descriptor with digest \"{Digest}\" and size {Size} is not valid; digests are sha256: and 64 hexadecimal digits");
}

/// <summary>For which machines an image of an index is.</summary>
public sealed record PlatformSpec
{
    public string Architecture { get; init; } = "";
    public string Os { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Variant { get; init; }
}
