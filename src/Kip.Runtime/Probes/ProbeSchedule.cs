namespace Kip.Runtime.Probes;

/// <summary>When to ask next.</summary>
public static class ProbeSchedule
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestForPrograms = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The wait before the next question. A program that is coming up is asked each millisecond, then every second one, and from a quarter of a
    /// second on in a loop that grows with the time it takes already: the answer is late by 1 ms, or by about a 256th of a long start, and never by
    /// more than 50 ms. One that is up is asked once per period.
    /// </summary>
    /// <remarks>
    /// A question to a port where nobody listens yet costs some ten microseconds; a start of a quarter of a second takes 145 of them. Linux tells
    /// nobody that a socket begins to listen, so there is nothing to wait for in their place.
    /// </remarks>
    /// <param name="settings">The probe's.</param>
    /// <param name="comingUp">No success yet, and the probe asks for startup or readiness.</param>
    /// <param name="elapsed">Since the first question.</param>
    /// <param name="startsProgram">An exec probe, which costs the machine a process each time.</param>
    public static TimeSpan Wait(ProbeSettings settings, bool comingUp, TimeSpan elapsed, bool startsProgram)
    {
        if (!comingUp) return settings.Period;
        var wait = startsProgram
            ? Clamp(elapsed / 4, 20 * Shortest, LongestForPrograms)
            : Clamp(elapsed / 128, elapsed <= 32 * Shortest ? Shortest : Short, Longest);
        return wait < settings.Period ? wait : settings.Period;
    }

    /// <summary>Whether a program that has not come up has had its time: its startup probe would have failed often enough.</summary>
    public static bool HasFailedToStart(ProbeSettings settings, TimeSpan elapsed) => elapsed >= settings.Period * settings.FailureThreshold;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
