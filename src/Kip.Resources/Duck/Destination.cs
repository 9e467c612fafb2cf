using System.Text.Json.Serialization;

namespace Kip.Resources.Duck;

/// <summary>Where events go: an object that has an address, a URI, or a URI relative to an object's address.</summary>
public record Destination
{
    public KReference? Ref { get; init; }
    public string? Uri { get; init; }
    [JsonPropertyName("CACerts")]
    public string? CACerts { get; init; }
    public string? Audience { get; init; }
}
