using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kip.Resources;

/// <summary>Durations as Kubernetes and Knative write them in annotations and ConfigMaps: <c>90s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>200ms</c>.</summary>
/// <remarks>Finer than 100 ns is rounded down, since a <see cref="TimeSpan"/> holds no less.</remarks>
public static class GoDuration
{
    private static readonly SearchValues<char> NumberParts = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration; false when the text is not one or does not fit.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (string.IsNullOrEmpty(text)) return false;
        var rest = text.AsSpan();
        var negative = rest[0] == '-';
        if (rest[0] is '-' or '+') rest = rest[1..];
        if (rest is "0") return true;
        if (rest.IsEmpty) return false;

        var ticks = 0m;
        while (!rest.IsEmpty)
        {
            if (!TryTakeNumber(ref rest, out var number) || !TryTakeUnit(ref rest, out var unit)) return false;
            ticks += number * unit;
            if (ticks > long.MaxValue) return false;
        }
        duration = new TimeSpan((long)(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>The duration in Go's own form: <c>1h0m0s</c>, <c>6s</c>, <c>1.5s</c>, <c>200ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var sign = duration < TimeSpan.Zero ? "-" : "";
        var ticks = decimal.Abs(duration.Ticks);
        if (ticks < TimeSpan.TicksPerMillisecond) return $"{sign}{Plain(ticks / TimeSpan.TicksPerMicrosecond)}µs";
        if (ticks < TimeSpan.TicksPerSecond) return $"{sign}{Plain(ticks / TimeSpan.TicksPerMillisecond)}ms";

        var text = new StringBuilder(sign);
        var hours = decimal.Floor(ticks / TimeSpan.TicksPerHour);
        var minutes = decimal.Floor(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        if (hours > 0) text.Append(Plain(hours)).Append('h');
        if (hours > 0 || minutes > 0) text.Append(Plain(minutes)).Append('m');
        return text.Append(Plain(ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond)).Append('s').ToString();
    }

    private static string Plain(decimal number) => number.ToString("0.#######", CultureInfo.InvariantCulture);

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out decimal number)
    {
        var length = rest.IndexOfAnyExcept(NumberParts);
        if (length < 0) length = rest.Length;
        var digits = rest[..length];
        rest = rest[length..];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, out decimal ticks)
    {
        var length = rest.IndexOfAny(NumberParts);
        if (length < 0) length = rest.Length;
        ticks = rest[..length] switch
        {
            "ns" => 0.01m,
            "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0m,
        };
        rest = rest[length..];
        return ticks > 0;
    }
}
