namespace Kip.Resources;

/// <summary>Times as the wire keeps them: what is compared with a stored object must be cut as that was.</summary>
public static class WireTime
{
    /// <summary>The time in UTC, cut to its second.</summary>
    public static DateTimeOffset WholeSeconds(this DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
