namespace Kip.Runtime.Probes;

/// <summary>Counts answers until they make a verdict: so many successes, or so many failures, in a row.</summary>
/// <param name="Verdict">Null as long as there is none.</param>
/// <param name="Streak">Answers of one kind in a row: positive for successes, negative for failures.</param>
public readonly record struct ProbeJudge(bool? Verdict, int Streak)
{
    /// <summary>Takes one answer into account.</summary>
    public ProbeJudge Next(bool success, ProbeSettings settings)
    {
        // Counting on after a verdict would overflow in the end.
        var streak = success ? Math.Min(Math.Max(Streak, 0) + 1, settings.SuccessThreshold) : Math.Max(Math.Min(Streak, 0) - 1, -settings.FailureThreshold);
        if (success && streak >= settings.SuccessThreshold) return new(true, streak);
        if (!success && -streak >= settings.FailureThreshold) return new(false, streak);
        return this with { Streak = streak };
    }
}
