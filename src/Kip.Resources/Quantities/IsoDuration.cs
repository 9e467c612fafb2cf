using System.Buffers;
using System.Globalization;

namespace Kip.Resources;

/// <summary>Durations as Knative's delivery settings write them, ISO 8601: <c>PT0.2S</c>, <c>PT1M30S</c>, <c>P1DT12H</c>, <c>P2W</c>.</summary>
/// <remarks>A year counts as 365 days and a month as 30, as in the library that Knative uses; a leading minus makes all of it negative.</remarks>
public static class IsoDuration
{
    private static readonly SearchValues<char> NumberParts = SearchValues.Create("0123456789.,");
    private const string DateUnits = "YMWD";
    private const string TimeUnits = "HMS";

    private static readonly decimal[] DateTicks =
        [365 * TimeSpan.TicksPerDay, 30 * TimeSpan.TicksPerDay, 7 * TimeSpan.TicksPerDay, TimeSpan.TicksPerDay];

    private static readonly decimal[] TimeTicks = [TimeSpan.TicksPerHour, TimeSpan.TicksPerMinute, TimeSpan.TicksPerSecond];

    /// <summary>Reads a duration; false when the text is not one or does not fit.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest.StartsWith('-');
        if (negative || rest.StartsWith('+')) rest = rest[1..];
        if (!rest.StartsWith('P') || rest.Length == 1) return false;
        rest = rest[1..];
        var ticks = 0m;
        if (!TryTakeParts(ref rest, DateUnits, DateTicks, ref ticks)) return false;
        if (!rest.IsEmpty)
        {
            // The T must be followed by something.
            if (rest[0] != 'T' || rest.Length == 1) return false;
            rest = rest[1..];
            if (!TryTakeParts(ref rest, TimeUnits, TimeTicks, ref ticks) || !rest.IsEmpty) return false;
        }
        if (ticks > long.MaxValue) return false;
        duration = new((long)(negative ? -ticks : ticks));
        return true;
    }

    // Takes numbers with units, each unit at most once and in the order given, until something else comes.
    private static bool TryTakeParts(ref ReadOnlySpan<char> rest, string units, decimal[] unitTicks, ref decimal ticks)
    {
        var from = 0;
        while (!rest.IsEmpty && rest[0] != 'T')
        {
            var length = rest.IndexOfAnyExcept(NumberParts);
            if (length <= 0) return false;
            var number = rest[..length].ToString().Replace(',', '.');
            var unit = units.IndexOf(rest[length], from);
            if (unit < 0 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return false;
            if (value > long.MaxValue / unitTicks[unit]) return false;
            ticks += value * unitTicks[unit];
            from = unit + 1;
            rest = rest[(length + 1)..];
        }
        return true;
    }
}
