using System.Globalization;

namespace Kip.Rules.Eventing.Delivery;

/// <summary>When the next attempt is due.</summary>
public static class RetrySchedule
{
    // Longer than anybody waits; keeps 2^k within what a TimeSpan holds.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The wait before a retry.</summary>
    /// <param name="retry">Which retry: 1 is the first.</param>
    /// <remarks>
    /// Exponential is <c>delay · 2^(k−1)</c>, as Knative's code has it. Linear is <c>delay · k</c>, as its API says; its code has <c>k−1</c>, so that
    /// its first retry follows at once.
    /// </remarks>
    public static TimeSpan DelayBefore(int retry, DeliveryPolicy policy)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(retry, 1);
        if (policy.Backoff is null || policy.BackoffDelay <= TimeSpan.Zero) return TimeSpan.Zero;
        var factor = policy.Backoff == BackoffPolicy.Linear ? retry : Math.Pow(2, retry - 1);
        return factor >= Longest / policy.BackoffDelay ? Longest : policy.BackoffDelay * factor;
    }

    /// <summary>The wait before a retry, given what the last answer asked for.</summary>
    /// <param name="status">The last attempt's status; only 429 and 503 may ask for a wait.</param>
    /// <param name="retryAfter">Its <c>Retry-After</c>: seconds or a date; null when it had none.</param>
    public static TimeSpan DelayBefore(int retry, DeliveryPolicy policy, int status, string? retryAfter, DateTimeOffset now)
    {
        var delay = DelayBefore(retry, policy);
        if (status is not (429 or 503) || policy.RetryAfterMax is not { } longest || !TryReadRetryAfter(retryAfter, now, out var asked)) return delay;
        if (asked > longest) asked = longest;
        return asked > delay ? asked : delay;
    }

    /// <summary>Reads a Retry-After header: whole seconds, or an HTTP date.</summary>
    public static bool TryReadRetryAfter(string? text, DateTimeOffset now, out TimeSpan wait)
    {
        wait = default;
        if (string.IsNullOrWhiteSpace(text)) return false;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            wait = seconds > Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds(seconds);
            return true;
        }
        if (!DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) return false;
        wait = date > now ? date - now : TimeSpan.Zero;
        return true;
    }
}
