using System.Text.Json.Serialization;

namespace Kip.Resources.Serving;

/// <summary>One share of a Route's traffic: to a named revision, or to the latest ready one.</summary>
public sealed record TrafficTarget
{
    public string? Tag { get; init; }
    public string? RevisionName { get; init; }
    public string? ConfigurationName { get; init; }
    public bool? LatestRevision { get; init; }
    public long? Percent { get; init; }
    public string? Url { get; init; }
}

/// <summary>Where a thing is reached inside the cluster (duck type Addressable).</summary>
public sealed record Addressable
{
    public string? Name { get; init; }
    public string? Url { get; init; }
    [JsonPropertyName("CACerts")]
    public string? CACerts { get; init; }
    public string? Audience { get; init; }
}
