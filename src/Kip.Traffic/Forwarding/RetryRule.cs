using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Forwarding;

/// <summary>Whether a request that failed at one pod may be sent again. See docs/decisions/0004-retries.md.</summary>
public static class RetryRule
{
    /// <summary>Attempts in all while no connection comes about.</summary>
    public const int MaxConnects = 12;

    /// <summary>Attempts in all for a safe request whose connection broke: a request that kills whoever takes it ends no more programs than that.</summary>
    public const int MaxSends = 5;

    // A connect that failed says for certain that nothing was sent: so many are tried at once while there are others.
    private const int QuickConnects = 3;

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
    /// How long to wait before the next attempt. While another pod can be tried: not at all at first, and a little from then on, since pods that die
    /// together are found out one after the other. While none can, at most so long: the wait is over as soon as one can, or the pod that failed is gone.
    /// </summary>
    /// <param name="connects">Attempts that ended without a connection, this one included.</param>
    /// <param name="sends">Attempts that sent something, this one included.</param>
    /// <param name="hasOtherPod">Whether there is a pod that has not lately failed.</param>
    public static TimeSpan Pause(ForwardOutcome outcome, int connects, int sends, bool hasOtherPod) => outcome switch
    {
        // A process that is killed takes connections for a moment after it has broken the first, and the next moment may be long on a busy machine.
        ForwardOutcome.BrokenBeforeResponse => hasOtherPod ? Grown(20, sends - 1, 4) : Grown(50, Math.Min(sends, 3), 4),
        _ => hasOtherPod ? Grown(5, connects - QuickConnects, 2) : Grown(5, connects, 2),
    };

    /// <summary>Whether sending the request twice does no harm: RFC 9110 section 9.2.2 lets a proxy repeat what it knows to be safe.</summary>
    public static bool IsRepeatable(string method, bool hasBody) => !hasBody && IsSafe(method);

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    // The first length, then each time so much longer; nothing before the first time.
    private static TimeSpan Grown(int firstMilliseconds, int times, int factor)
    {
        if (times < 1) return TimeSpan.Zero;
        var milliseconds = firstMilliseconds;
        for (var i = 1; i < Math.Min(times, 8); i++) milliseconds *= factor;
        return TimeSpan.FromMilliseconds(milliseconds);
    }
}
