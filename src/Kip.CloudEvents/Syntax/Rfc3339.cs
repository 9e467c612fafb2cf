using System.Globalization;

namespace Kip.CloudEvents.Syntax;

/// <summary>Timestamps as RFC 3339 writes them.</summary>
internal static class Rfc3339
{
    // DateTimeOffset goes no further; RFC 3339 does.
    private static readonly TimeSpan FurthestOffset = TimeSpan.FromHours(14);

    internal static string Format(DateTimeOffset value) => value.Offset == TimeSpan.Zero
        ? FormatUtc(value.UtcDateTime)
        : value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    // Every event at a broker gets one of these. The round-trip format is the only one that is not interpreted letter by letter; its zeros go.
    private static string FormatUtc(DateTime value)
    {
        Span<char> text = stackalloc char[28];
        value.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        var end = text[..(length - 1)].TrimEnd('0').TrimEnd('.').Length;
        text[end] = 'Z';
        return text[..(end + 1)].ToString();
    }

    /// <summary>A whole second since 1970 and nanoseconds after it, in UTC.</summary>
    internal static string Format(long unixSeconds, int nanos)
    {
        var second = DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return nanos == 0 ? second + "Z" : $"{second}.{nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }

    /// <summary>The nanoseconds of a timestamp that is one.</summary>
    internal static int NanosOf(ReadOnlySpan<char> text)
    {
        var point = text.IndexOf('.');
        var nanos = 0;
        for (var i = 1; i <= 9; i++) nanos = (nanos * 10) + (point > 0 && char.IsAsciiDigit(text[point + i]) ? text[point + i] - '0' : Stop(ref point));
        return nanos;

        // After the last digit only zeros follow.
        static int Stop(ref int point)
        {
            point = -1;
            return 0;
        }
    }

    /// <summary>Reads a timestamp. A leap second counts as the second after it; digits beyond a tick are dropped.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset value)
    {
        value = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't') || text[13] != ':' || text[16] != ':')
            return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)) return false;
        if (!Digits(text[11..13], out var hour) || !Digits(text[14..16], out var minute) || !Digits(text[17..19], out var second))
            return false;
        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 23 || minute > 59 || second > 60) return false;

        var rest = text[19..];
        if (!Fraction(ref rest, out var ticks) || !Offset(rest, out var offset)) return false;
        var local = new DateTime(year, month, day, hour, minute, Math.Min(second, 59)).Ticks + ticks + (second == 60 ? TimeSpan.TicksPerSecond : 0);
        value = At(local, offset);
        return true;
    }

    private static bool Fraction(ref ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        if (!rest.StartsWith('.')) return true;
        var length = rest[1..].IndexOfAnyExceptInRange('0', '9');
        if (length <= 0) return false;
        for (var i = 0; i < 7; i++) ticks = (ticks * 10) + (i < length ? rest[1 + i] - '0' : 0);
        rest = rest[(1 + length)..];
        return true;
    }

    private static bool Offset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text is "Z" or "z") return true;
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':') return false;
        if (!Digits(text[1..3], out var hours) || !Digits(text[4..6], out var minutes) || hours > 23 || minutes > 59) return false;
        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    // Near the ends of the calendar, and with offsets that .NET has not, the instant is kept as far as it can be said.
    private static DateTimeOffset At(long local, TimeSpan offset)
    {
        var utc = Math.Clamp(local - offset.Ticks, DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks);
        var sayable = offset.Duration() <= FurthestOffset && local == utc + offset.Ticks && local <= DateTime.MaxValue.Ticks;
        return sayable ? new DateTimeOffset(local, offset) : new DateTimeOffset(utc, TimeSpan.Zero);
    }

    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            value = (value * 10) + (digit - '0');
        }
        return true;
    }
}
