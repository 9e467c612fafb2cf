using System.Globalization;

namespace Kip.Rules.Schedules;

/// <summary>One field of a cron schedule: the numbers that it names.</summary>
/// <param name="Bits">Bit n is set when n is named.</param>
/// <param name="IsAny">It says <c>*</c> or <c>?</c>: every number.</param>
internal readonly record struct CronField(ulong Bits, bool IsAny)
{
    public static readonly Bounds Minutes = new(0, 59, []);
    public static readonly Bounds Hours = new(0, 23, []);
    public static readonly Bounds Days = new(1, 31, []);
    public static readonly Bounds Months = new(1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]);
    public static readonly Bounds Weekdays = new(0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);

    public bool Has(int number) => (Bits & (1UL << number)) != 0;

    /// <summary>Reads a list of numbers, names, ranges and steps.</summary>
    /// <param name="wrong">What is wrong with it.</param>
    public static CronField? Parse(string text, Bounds bounds, out string? wrong)
    {
        var (bits, any) = (0UL, false);
        foreach (var part in text.Split(','))
        {
            if (Range(part, bounds, out var isAny, out wrong) is not { } range) return null;
            bits |= range;
            any |= isAny;
        }
        wrong = null;
        return new CronField(bits, any);
    }

    private static ulong? Range(string part, Bounds bounds, out bool isAny, out string? wrong)
    {
        isAny = false;
        var step = 1;
        var slash = part.IndexOf('/');
        var range = slash < 0 ? part : part[..slash];
        if (slash >= 0 && (!int.TryParse(part.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out step) || step == 0))
            return Refuse($"step of range should be a positive number: {part}", out wrong);
        int first, last;
        if (range is "*" or "?")
        {
            (first, last) = (bounds.First, bounds.Last);
            // With a step it is no longer every one.
            isAny = step == 1;
        }
        else
        {
            var dash = range.IndexOf('-');
            if (bounds.Read(dash < 0 ? range : range[..dash]) is not { } from) return Refuse($"failed to parse int from {range}", out wrong);
            var to = dash < 0 ? slash < 0 ? from : bounds.Last : bounds.Read(range[(dash + 1)..]);
            if (to is not { } end) return Refuse($"failed to parse int from {range}", out wrong);
            (first, last) = (from, end);
        }
        if (first < bounds.First) return Refuse($"beginning of range ({first}) below minimum ({bounds.First}): {part}", out wrong);
        if (last > bounds.Last) return Refuse($"end of range ({last}) above maximum ({bounds.Last}): {part}", out wrong);
        if (first > last) return Refuse($"beginning of range ({first}) beyond end of range ({last}): {part}", out wrong);
        var bits = 0UL;
        for (var number = first; number <= last; number += step) bits |= 1UL << number;
        wrong = null;
        return bits;
    }

    private static ulong? Refuse(string why, out string? wrong)
    {
        wrong = why;
        return null;
    }

    /// <summary>The numbers that a field may name, and words for them.</summary>
    internal sealed record Bounds(int First, int Last, string[] Names)
    {
        public int? Read(string text)
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
            var at = Array.IndexOf(Names, text.ToLowerInvariant());
            return at < 0 ? null : at + First;
        }
    }
}
