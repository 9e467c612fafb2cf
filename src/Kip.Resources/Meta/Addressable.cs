using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>Where a thing is reached inside the cluster (duck type Addressable).</summary>
public sealed record Addressable
{
    public string? Name { get; init; }
    public string? Url { get; init; }
    [JsonPropertyName("CACerts")]
    public string? CACerts { get; init; }
    public string? Audience { get; init; }
}
