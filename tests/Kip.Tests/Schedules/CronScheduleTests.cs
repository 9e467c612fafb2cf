using Kip.Rules.Schedules;
using Shouldly;

namespace Kip.Tests.Schedules;

public class CronScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);

    private static CronSchedule Read(string text) => CronSchedule.Parse(text, out var wrong) ?? throw new InvalidOperationException(wrong);

    [Theory]
    [InlineData("* * * * *", "2026-01-01T00:00:30", "2026-01-01T00:01:00")]
    [InlineData("* * * * *", "2026-01-01T00:01:00", "2026-01-01T00:02:00")]
    [InlineData("*/15 * * * *", "2026-01-01T00:16:00", "2026-01-01T00:30:00")]
    [InlineData("5/20 3 * * *", "2026-01-01T00:00:00", "2026-01-01T03:05:00")]
    [InlineData("0 9-17/4 * * mon-FRI", "2026-01-02T17:00:00", "2026-01-05T09:00:00")]
    [InlineData("30 4 1,15 * 5", "2026-01-03T00:00:00", "2026-01-09T04:30:00")]
    [InlineData("30 4 */2 * 5", "2026-01-03T00:00:00", "2026-01-03T04:30:00")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 31 * *", "2026-02-01T00:00:00", "2026-03-31T00:00:00")]
    [InlineData("0 0 ? jan sun", "2026-01-05T00:00:00", "2026-01-11T00:00:00")]
    [InlineData("@yearly", "2026-01-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("@weekly", "2026-01-01T00:00:00", "2026-01-04T00:00:00")]
    [InlineData("@hourly", "2026-01-01T00:00:00", "2026-01-01T01:00:00")]
    [InlineData("@every 90s", "2026-01-01T00:00:00", "2026-01-01T00:01:30")]
    public void The_next_time_is_the_first_that_every_field_names(string schedule, string after, string next) =>
        Read(schedule).Next(Utc(after), TimeZoneInfo.Utc).ShouldBe(Utc(next));

    [Theory]
    [InlineData("", "expected exactly 5 fields, found 0: []")]
    [InlineData("* * * *", "expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("60 * * * *", "end of range (60) above maximum (59): 60")]
    [InlineData("* * 0 * *", "beginning of range (0) below minimum (1): 0")]
    [InlineData("* * * * 7", "end of range (7) above maximum (6): 7")]
    [InlineData("5-2 * * * *", "beginning of range (5) beyond end of range (2): 5-2")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("x * * * *", "failed to parse int from x")]
    [InlineData("@soon", "unrecognized descriptor: @soon")]
    [InlineData("@every never", "failed to parse duration @every never")]
    public void What_is_no_schedule_is_told(string schedule, string message)
    {
        CronSchedule.Parse(schedule, out var wrong).ShouldBeNull();
        wrong.ShouldBe(message);
    }

    [Fact]
    public void A_date_that_never_comes_is_found_out() => Read("0 0 30 2 *").Next(Utc("2026-01-01T00:00:00"), TimeZoneInfo.Utc).ShouldBeNull();

    [Fact]
    public void A_time_that_the_clock_skips_does_not_come_that_day() =>
        // On 29 March 2026 Berlin's clocks go from 2:00 to 3:00.
        Read("30 2 * * *").Next(Utc("2026-03-28T02:00:00"), Berlin).ShouldBe(Utc("2026-03-30T00:30:00"));

    [Fact]
    public void An_hour_that_comes_twice_counts_once_unless_every_hour_is_meant()
    {
        // On 25 October 2026 they go from 3:00 back to 2:00: 2:30 is at 00:30 and at 01:30 UTC.
        Read("30 2 * * *").Next(Utc("2026-10-25T00:00:00"), Berlin).ShouldBe(Utc("2026-10-25T00:30:00"));
        Read("30 2 * * *").Next(Utc("2026-10-25T00:30:00"), Berlin).ShouldBe(Utc("2026-10-26T01:30:00"));
        Read("30 * * * *").Next(Utc("2026-10-25T00:30:00"), Berlin).ShouldBe(Utc("2026-10-25T01:30:00"));
    }

    [Theory]
    [InlineData("* * * * *", "2026-01-01T00:00:00", "2026-03-01T00:00:10", "2026-03-01T00:00:00")]
    [InlineData("0 0 1 * *", "2025-06-15T00:00:00", "2026-03-20T00:00:00", "2026-03-01T00:00:00")]
    [InlineData("0 0 1 * *", "2026-03-01T00:00:00", "2026-03-20T00:00:00", null)]
    [InlineData("@every 10m", "2026-01-01T00:00:00", "2026-01-01T00:35:00", "2026-01-01T00:30:00")]
    public void Of_many_missed_times_the_latest_is_found(string schedule, string after, string until, string? latest) =>
        Read(schedule).Latest(Utc(after), Utc(until), TimeZoneInfo.Utc).ShouldBe(latest is null ? null : Utc(latest));
}
