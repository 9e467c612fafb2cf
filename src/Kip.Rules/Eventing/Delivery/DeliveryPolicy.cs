namespace Kip.Rules.Eventing.Delivery;

/// <summary>How often, how long apart and how long events are tried: a DeliverySpec with its durations read.</summary>
public sealed record DeliveryPolicy
{
    /// <summary>One attempt, no limit of time: what holds when nothing is said.</summary>
    public static readonly DeliveryPolicy Default = new();

    /// <summary>Attempts after the first.</summary>
    /// <value>0.</value>
    public int Retry { get; init; }

    /// <value>Null: retries follow at once.</value>
    public BackoffPolicy? Backoff { get; init; }

    /// <summary>The unit of the waits.</summary>
    public TimeSpan BackoffDelay { get; init; }

    /// <summary>How long one attempt may take.</summary>
    /// <value>Null: as long as <see cref="LongestAttempt"/>.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The longest Retry-After that is heeded.</summary>
    /// <value>Null: they are ignored, as with zero.</value>
    public TimeSpan? RetryAfterMax { get; init; }

    /// <value>Null: in the mode in which the event came.</value>
    public DeliveryFormat? Format { get; init; }

    /// <summary>No attempt lasts longer, whatever the spec says: the limit of Knative's own dispatchers.</summary>
    public static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(15);

    /// <summary>How long one attempt may take, after all.</summary>
    public TimeSpan AttemptTime => Timeout is { } limit && limit < LongestAttempt ? limit : LongestAttempt;

    /// <summary>Reads a DeliverySpec's fields. What cannot be read counts as unset: admission has refused it, so it can only come from elsewhere.</summary>
    public static DeliveryPolicy Of(int? retry, string? backoffPolicy, string? backoffDelay, string? timeout, string? retryAfterMax, string? format) => new()
    {
        Retry = Math.Max(0, retry ?? 0),
        Backoff = backoffPolicy switch
        {
            "linear" => BackoffPolicy.Linear,
            "exponential" => BackoffPolicy.Exponential,
            _ => null,
        },
        BackoffDelay = Resources.IsoDuration.TryParse(backoffDelay, out var delay) && delay > TimeSpan.Zero ? delay : TimeSpan.Zero,
        Timeout = Resources.IsoDuration.TryParse(timeout, out var limit) && limit > TimeSpan.Zero ? limit : null,
        RetryAfterMax = Resources.IsoDuration.TryParse(retryAfterMax, out var longest) && longest >= TimeSpan.Zero ? longest : null,
        Format = format switch
        {
            "json" => DeliveryFormat.Json,
            "binary" => DeliveryFormat.Binary,
            _ => null,
        },
    };
}

/// <summary>How the waits between attempts grow.</summary>
public enum BackoffPolicy
{
    Linear,
    Exponential,
}

/// <summary>How an event is written into an HTTP message, whatever mode it came in.</summary>
public enum DeliveryFormat
{
    /// <summary>Attributes as headers, data as the body.</summary>
    Binary,

    /// <summary>All of the event as one JSON document.</summary>
    Json,
}
