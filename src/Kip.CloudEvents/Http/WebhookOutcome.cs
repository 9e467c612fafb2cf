namespace Kip.CloudEvents.Http;

/// <summary>What a target's answer to a delivery means to the sender (web hooks, section 2.2).</summary>
public enum WebhookOutcome
{
    /// <summary>200, 201, 204: processed.</summary>
    Processed,

    /// <summary>202: taken in; what becomes of it is not known.</summary>
    Accepted,

    /// <summary>410: the target is gone, and the sender should forget it.</summary>
    Retired,

    /// <summary>415: the format is not understood.</summary>
    NotUnderstood,

    /// <summary>429: too fast; Retry-After says when to go on, and the sender must obey it.</summary>
    Throttled,

    /// <summary>3xx: not followed; a failure.</summary>
    Redirected,

    /// <summary>Anything else: a failure in HTTP's own words.</summary>
    Failed,
}
