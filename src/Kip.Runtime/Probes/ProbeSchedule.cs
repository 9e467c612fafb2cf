using Kip.Rules.Probes;

namespace Kip.Runtime.Probes;

/// <summary>When to ask next.</summary>
public static class ProbeSchedule
{
    /// <summary>
    /// The wait before the next question: a program that is coming up is asked as <see cref="ComingUp"/> says, one that is up once per period.
    /// </summary>
    /// <param name="settings">The probe's.</param>
    /// <param name="comingUp">No success yet, and the probe asks for startup or readiness.</param>
    /// <param name="elapsed">Since the first question.</param>
    /// <param name="startsProgram">An exec probe, which costs the machine a process each time.</param>
    /// <param name="expected">How long it may be expected to take; null: not known.</param>
    public static TimeSpan Wait(ProbeSettings settings, bool comingUp, TimeSpan elapsed, bool startsProgram, TimeSpan? expected = null)
    {
        if (!comingUp) return settings.Period;
        var wait = startsProgram ? ComingUp.WaitForProgram(elapsed) : ComingUp.Wait(elapsed, expected);
        return wait < settings.Period ? wait : settings.Period;
    }

    /// <summary>Whether a program that has not come up has had its time: its startup probe would have failed often enough.</summary>
    public static bool HasFailedToStart(ProbeSettings settings, TimeSpan elapsed) => elapsed >= settings.Period * settings.FailureThreshold;
}
