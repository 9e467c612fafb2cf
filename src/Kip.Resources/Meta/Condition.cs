namespace Kip.Resources;

/// <summary>One observed aspect of an object: <c>Ready</c>, <c>ConfigurationsReady</c>, <c>Progressing</c>…</summary>
/// <remarks><see cref="Severity"/> is empty for errors and <c>Info</c> for conditions that do not count toward <c>Ready</c>.</remarks>
public sealed record Condition
{
    public required string Type { get; init; }
    public required string Status { get; init; }
    public string? Severity { get; init; }
    public DateTimeOffset? LastProbeTime { get; init; }
    public DateTimeOffset? LastUpdateTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public long? ObservedGeneration { get; init; }
}

/// <summary>The three values of a condition's status.</summary>
public static class ConditionStatus
{
    public const string True = "True";
    public const string False = "False";
    public const string Unknown = "Unknown";
}
