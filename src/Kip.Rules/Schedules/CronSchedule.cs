namespace Kip.Rules.Schedules;

/// <summary>A schedule in cron's five fields (minute, hour, day of month, month, day of week), or <c>@hourly</c>, <c>@daily</c>, <c>@every 90m</c>.</summary>
/// <remarks>
/// As the parser that Kubernetes uses reads it: names (<c>MON</c>, <c>jan</c>), lists, ranges and steps; when both days are restricted, either will do.
/// A time that a clock skips does not come; an hour that comes twice counts once, unless every hour is meant.
/// </remarks>
public sealed class CronSchedule
{
    // The longest wait of any date that exists: 29 February over a century that is no leap year.
    private const int SearchYears = 9;

    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _days;
    private readonly CronField _months;
    private readonly CronField _weekdays;
    private readonly TimeSpan? _every;

    private CronSchedule(TimeSpan every) => _every = every;

    private CronSchedule(CronField minutes, CronField hours, CronField days, CronField months, CronField weekdays) =>
        (_minutes, _hours, _days, _months, _weekdays) = (minutes, hours, days, months, weekdays);

    /// <summary>Reads a schedule.</summary>
    /// <param name="wrong">What is wrong with it, for its author; null when it could be read.</param>
    public static CronSchedule? Parse(string text, out string? wrong)
    {
        wrong = null;
        if (text.StartsWith('@')) return Descriptor(text, out wrong);
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            wrong = $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]";
            return null;
        }
        if (CronField.Parse(fields[0], CronField.Minutes, out wrong) is { } minutes && CronField.Parse(fields[1], CronField.Hours, out wrong) is { } hours
            && CronField.Parse(fields[2], CronField.Days, out wrong) is { } days && CronField.Parse(fields[3], CronField.Months, out wrong) is { } months
            && CronField.Parse(fields[4], CronField.Weekdays, out wrong) is { } weekdays)
            return new CronSchedule(minutes, hours, days, months, weekdays);
        return null;
    }

    /// <summary>The first time of the schedule after <paramref name="after"/>; null when it never comes, as 30 February.</summary>
    /// <param name="zone">Whose clock the schedule reads.</param>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        if (_every is { } every) return Whole(after, TimeSpan.TicksPerSecond) + every;
        var time = Whole(after, TimeSpan.TicksPerMinute).ToUniversalTime().AddMinutes(1);
        var end = time.AddYears(SearchYears);
        while (time < end)
        {
            var local = TimeZoneInfo.ConvertTime(time, zone);
            if (!IsDay(local)) time += ToNextDay(local);
            else if (!_hours.Has(local.Hour)) time = time.AddMinutes(60 - local.Minute);
            else if (!_minutes.Has(local.Minute) || IsRepeated(local, zone)) time = time.AddMinutes(1);
            else return time;
        }
        return null;
    }

    /// <summary>The last time of the schedule after <paramref name="after"/> and not after <paramref name="until"/>; null when there is none.</summary>
    public DateTimeOffset? Latest(DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        if (_every is { } every) return LatestOfEvery(after, until, every);
        // From the smallest span before the end that has one: a platform that was off for a month does not count a month's minutes.
        for (var span = TimeSpan.FromHours(1); ; span *= 4)
        {
            var from = until - span < after ? after : until - span;
            var found = (DateTimeOffset?)null;
            for (var next = Next(from, zone); next is { } time && time <= until; next = Next(time, zone)) found = time;
            if (found is not null || from <= after) return found;
        }
    }

    private static DateTimeOffset? LatestOfEvery(DateTimeOffset after, DateTimeOffset until, TimeSpan every)
    {
        var first = Whole(after, TimeSpan.TicksPerSecond) + every;
        return first > until ? null : first + (every * ((until - first).Ticks / every.Ticks));
    }

    private bool IsDay(DateTimeOffset local)
    {
        if (!_months.Has(local.Month)) return false;
        var (day, weekday) = (_days.Has(local.Day), _weekdays.Has((int)local.DayOfWeek));
        return _days.IsAny || _weekdays.IsAny ? day && weekday : day || weekday;
    }

    private bool IsRepeated(DateTimeOffset local, TimeZoneInfo zone) =>
        !_hours.IsAny && zone.IsAmbiguousTime(local) && local.Offset == zone.GetAmbiguousTimeOffsets(local).Min();

    // An hour less than to midnight, since the day may be one of 23; then to the hour.
    private static TimeSpan ToNextDay(DateTimeOffset local)
    {
        var left = TimeSpan.FromDays(1) - local.TimeOfDay;
        return left > TimeSpan.FromHours(2) ? left - TimeSpan.FromHours(1) : TimeSpan.FromMinutes(60 - local.Minute);
    }

    private static CronSchedule? Descriptor(string text, out string? wrong)
    {
        const string every = "@every ";
        if (text.StartsWith(every, StringComparison.Ordinal))
        {
            var given = Resources.GoDuration.TryParse(text[every.Length..].Trim(), out var parsed) ? parsed : TimeSpan.Zero;
            // The field's own rule: whole seconds, at least one.
            wrong = given <= TimeSpan.Zero ? $"failed to parse duration {text}" : null;
            return wrong is null ? new CronSchedule(TimeSpan.FromSeconds(Math.Max(1, Math.Floor(given.TotalSeconds)))) : null;
        }
        var fields = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => null,
        };
        wrong = fields is null ? $"unrecognized descriptor: {text}" : null;
        return fields is null ? null : Parse(fields, out wrong);
    }

    private static DateTimeOffset Whole(DateTimeOffset time, long ticks) => time.AddTicks(-(time.Ticks % ticks));
}
