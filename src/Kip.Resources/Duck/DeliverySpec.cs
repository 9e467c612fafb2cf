namespace Kip.Resources.Duck;

/// <summary>How events are delivered: retries, waits, and where they go when all of it fails.</summary>
public sealed record DeliverySpec
{
    public Destination? DeadLetterSink { get; init; }

    /// <summary>Attempts after the first.</summary>
    /// <value>Null: none.</value>
    public int? Retry { get; init; }

    /// <summary>How long one attempt may take, an ISO 8601 duration such as <c>PT5S</c>.</summary>
    /// <value>Null: no limit.</value>
    public string? Timeout { get; init; }

    /// <value><c>linear</c> or <c>exponential</c>; null: retries follow at once.</value>
    public string? BackoffPolicy { get; init; }

    /// <summary>The unit of the waits between attempts, an ISO 8601 duration.</summary>
    public string? BackoffDelay { get; init; }

    /// <summary>The longest <c>Retry-After</c> of an answer that is heeded, an ISO 8601 duration; <c>PT0S</c> ignores them.</summary>
    public string? RetryAfterMax { get; init; }

    /// <value><c>json</c> (structured), <c>binary</c>, or null: as the event came.</value>
    public string? Format { get; init; }
}
