namespace Kip.Rules.Probes;

/// <summary>How often a program that comes up is asked whether it has.</summary>
/// <remarks>
/// Each question takes the processors that the program needs for coming up. So it is asked seldom as long as it can hardly be up, and often around the
/// time when it is expected.
/// </remarks>
public static class ComingUp
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestBefore = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ShortestForPrograms = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestForPrograms = TimeSpan.FromSeconds(1);

    // Of the expected time: before it a start would be faster than any yet, after it slower than most.
    private const double Early = 0.7;
    private const double Late = 1.5;

    /// <summary>The wait before the next question: at least 1 ms, at most 50.</summary>
    /// <remarks>
    /// Where the time is known, the answer is late by 1 ms, or by a 128th of a long start; one that comes before seven tenths of it is late by up to a
    /// quarter of its time, at most 20 ms. Where it is not known, and long after it, the answer is late by up to a 32nd of the time it takes.
    /// </remarks>
    /// <param name="elapsed">Since the first question.</param>
    /// <param name="expected">How long it took before; null: not known.</param>
    public static TimeSpan Wait(TimeSpan elapsed, TimeSpan? expected)
    {
        if (expected is not { } known || elapsed >= known * Late) return Clamp(elapsed / 32, Shortest, Longest);
        if (known * Early - elapsed is var left && left < Shortest) return Clamp(known / 128, Shortest, Longest);
        var seldom = Clamp(elapsed / 4, Shortest, LongestBefore);
        return seldom < left ? seldom : left;
    }

    /// <summary>The wait where each question is a program of its own, which costs the machine a process: a quarter of the time so far, 20 ms to 1 s.</summary>
    /// <param name="elapsed">Since the first question.</param>
    public static TimeSpan WaitForProgram(TimeSpan elapsed) => Clamp(elapsed / 4, ShortestForPrograms, LongestForPrograms);

    /// <summary>What to expect of the next start: the fastest of late, so that it is asked too often rather than too late.</summary>
    /// <param name="expected">What was expected; null: nothing was known.</param>
    /// <param name="took">What it took.</param>
    public static TimeSpan Expect(TimeSpan? expected, TimeSpan took) =>
        expected is { } known && took > known ? known + (took - known) / 4 : took;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
