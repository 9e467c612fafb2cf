using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Forwarding;

/// <summary>Whether a request that failed at one pod may be sent again. See docs/decisions/0004-retries.md.</summary>
public static class RetryRule
{
    /// <summary>Attempts in all while no connection comes about.</summary>
    public const int MaxConnects = 10;

    /// <summary>Attempts in all for a safe request whose connection broke.</summary>
    public const int MaxSends = 2;

    /// <param name="outcome">How the last attempt ended.</param>
    /// <param name="connects">Attempts that ended without a connection, this one included.</param>
    /// <param name="sends">Attempts that sent something, this one included.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="hasBody">Whether the request has a body: what was sent of it is gone.</param>
    public static bool MayRetry(ForwardOutcome outcome, int connects, int sends, string method, bool hasBody) => outcome switch
    {
        ForwardOutcome.ConnectFailed => connects < MaxConnects,
        ForwardOutcome.BrokenBeforeResponse => sends < MaxSends && IsRepeatable(method, hasBody),
        _ => false,
    };

    /// <summary>
    /// How long to wait before the next attempt: nothing if another pod can be tried. After a connect that failed 5 ms, doubling up to 640 ms. After a
    /// connection that broke 20 ms: a process that is killed closes its listener last, and would take the request and break it a second time.
    /// </summary>
    public static TimeSpan Pause(ForwardOutcome outcome, int connects, bool hasOtherPod)
    {
        if (hasOtherPod) return TimeSpan.Zero;
        return outcome == ForwardOutcome.ConnectFailed ? TimeSpan.FromMilliseconds(5 << Math.Min(connects - 1, 7)) : TimeSpan.FromMilliseconds(20);
    }

    /// <summary>Whether sending the request twice does no harm: RFC 9110 section 9.2.2 lets a proxy repeat what it knows to be safe.</summary>
    public static bool IsRepeatable(string method, bool hasBody) => !hasBody && IsSafe(method);

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
