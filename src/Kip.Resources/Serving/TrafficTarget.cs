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
