namespace Kip.Client;

/// <summary>How long to wait after the n-th failure in a row: doubling from an initial time up to a longest one.</summary>
/// <param name="Initial">The wait after the first failure.</param>
/// <param name="Longest">The wait never exceeds this.</param>
public sealed record Backoff(TimeSpan Initial, TimeSpan Longest)
{
    /// <summary>The wait after so many failures; zero failures wait nothing.</summary>
    public TimeSpan After(int failures)
    {
        if (failures <= 0) return TimeSpan.Zero;
        // 2^30 times any initial wait of a millisecond or more is past every sensible limit; more would overflow.
        var doublings = Math.Min(failures - 1, 30);
        var ticks = Initial.Ticks * (double)(1L << doublings);
        return ticks >= Longest.Ticks ? Longest : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>The same, made up to half shorter so that many who failed together do not return together.</summary>
    /// <param name="failures">How many failures there were in a row.</param>
    /// <param name="random">A number from 0 up to 1.</param>
    public TimeSpan After(int failures, double random) => After(failures) * (1 - (random / 2));
}
