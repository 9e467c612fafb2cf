namespace Kip.Resources;

/// <summary>One observed aspect of an object: <c>Ready</c>, <c>ConfigurationsReady</c>, <c>Progressing</c>…</summary>
/// <remarks><see cref="Severity"/> is empty for errors and <c>Info</c> for conditions that do not count toward <c>Ready</c>.</remarks>
public sealed record Condition
{
    public required string Type { get; init; }
    public required string Status { get; init; }
    public string? Severity { get; init; }

    public DateTimeOffset? LastProbeTime
    {
        get => _seldom?.LastProbeTime;
        init => _seldom = Seldom.Of(value, LastUpdateTime, ObservedGeneration);
    }

    public DateTimeOffset? LastUpdateTime
    {
        get => _seldom?.LastUpdateTime;
        init => _seldom = Seldom.Of(LastProbeTime, value, ObservedGeneration);
    }

    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }

    public long? ObservedGeneration
    {
        get => _seldom?.ObservedGeneration;
        init => _seldom = Seldom.Of(LastProbeTime, LastUpdateTime, value);
    }

    // A sleeping service has some twenty conditions, and next to none of them says any of this.
    private readonly Seldom? _seldom;

    private sealed record Seldom(DateTimeOffset? LastProbeTime, DateTimeOffset? LastUpdateTime, long? ObservedGeneration)
    {
        public static Seldom? Of(DateTimeOffset? probe, DateTimeOffset? update, long? generation) =>
            probe is null && update is null && generation is null ? null : new(probe, update, generation);
    }
}

/// <summary>The three values of a condition's status.</summary>
public static class ConditionStatus
{
    public const string True = "True";
    public const string False = "False";
    public const string Unknown = "Unknown";
}
