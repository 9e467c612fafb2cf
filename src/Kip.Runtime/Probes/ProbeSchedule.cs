namespace Kip.Runtime.Probes;

/// <summary>When to ask next.</summary>
public static class ProbeSchedule
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestForPrograms = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The wait before the next question. A program that is coming up is asked in a tight loop that grows with the time it takes already, so
    /// that the answer is late by about a sixtieth of its start and never by more than 50 ms; one that is up is asked once per period.
    /// </summary>
    /// <param name="settings">The probe's.</param>
    /// <param name="comingUp">No success yet, and the probe asks for startup or readiness.</param>
    /// <param name="elapsed">Since the first question.</param>
    /// <param name="startsProgram">An exec probe, which costs the machine a process each time.</param>
    public static TimeSpan Wait(ProbeSettings settings, bool comingUp, TimeSpan elapsed, bool startsProgram)
    {
        if (!comingUp) return settings.Period;
        var wait = elapsed / 32;
        if (startsProgram) wait = Clamp(elapsed / 4, 20 * Shortest, LongestForPrograms);
        else wait = Clamp(wait, Shortest, Longest);
        return wait < settings.Period ? wait : settings.Period;
    }

    /// <summary>Whether a program that has not come up has had its time: its startup probe would have failed often enough.</summary>
    public static bool HasFailedToStart(ProbeSettings settings, TimeSpan elapsed) => elapsed >= settings.Period * settings.FailureThreshold;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
