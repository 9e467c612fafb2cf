using System.Globalization;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>The parts of timestamps, in UTC or a time zone, and durations in one unit.</summary>
internal static class Moments
{
    public static IEnumerable<CelOverload> All { get; } =
    [
        .. Part("getFullYear", static time => time.Year),
        .. Part("getMonth", static time => time.Month - 1),
        .. Part("getDate", static time => time.Day),
        .. Part("getDayOfMonth", static time => time.Day - 1),
        .. Part("getDayOfWeek", static time => (int)time.DayOfWeek),
        .. Part("getDayOfYear", static time => time.DayOfYear - 1),
        .. Part("getHours", static time => time.Hour),
        .. Part("getMinutes", static time => time.Minute),
        .. Part("getSeconds", static time => time.Second),
        .. Part("getMilliseconds", static time => time.Millisecond),
        In("getHours", TimeSpan.TicksPerHour),
        In("getMinutes", TimeSpan.TicksPerMinute),
        In("getSeconds", TimeSpan.TicksPerSecond),
        CelOverload.Of("duration.getMilliseconds() int", static (a, _) => new CelInt(a.Duration(0).Milliseconds)),
    ];

    private static IEnumerable<CelOverload> Part(string name, Func<DateTimeOffset, int> part) =>
    [
        CelOverload.Of($"timestamp.{name}() int", (a, _) => new CelInt(part(a.Timestamp(0).ToUniversalTime()))),
        CelOverload.Of(
            $"timestamp.{name}(string) int",
            (a, _) => At(a.Timestamp(0), a.Text(1)) is { } time ? new CelInt(part(time)) : new CelError($"unknown time zone {a.Text(1)}")),
    ];

    private static CelOverload In(string name, long ticks) => CelOverload.Of($"duration.{name}() int", (a, _) => new CelInt(a.Duration(0).Ticks / ticks));

    // A zone is a name such as Europe/Berlin, or a distance such as +01:30.
    private static DateTimeOffset? At(DateTimeOffset time, string zone)
    {
        if (zone.Length >= 5 && zone.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParseExact(zone.TrimStart('+', '-'), "hh\\:mm", CultureInfo.InvariantCulture, out var distance) && distance.TotalHours <= 14
                ? time.ToOffset(zone[0] == '-' ? -distance : distance) : null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? TimeZoneInfo.ConvertTime(time, known) : null;
    }
}
