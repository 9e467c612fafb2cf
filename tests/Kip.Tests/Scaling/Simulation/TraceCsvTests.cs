using Kip.Rules.Scaling.Simulation;
using Shouldly;

namespace Kip.Tests.Scaling.Simulation;

public class TraceCsvTests
{
    [Fact]
    public void A_trace_has_seconds_or_dates_perhaps_a_duration_and_a_path_in_any_order()
    {
        var (requests, errors) = TraceCsv.Parse(["# from the log", "time,duration,path", "", "12.5,250ms,/orders?id=1,2", "10,0.1", "10.25"]);

        errors.ShouldBeEmpty();
        requests.ShouldBe(
        [
            new(TimeSpan.Zero, TimeSpan.FromMilliseconds(100)),
            new(TimeSpan.FromSeconds(0.25)),
            new(TimeSpan.FromSeconds(2.5), TimeSpan.FromMilliseconds(250), "/orders?id=1,2"),
        ]);
        TraceCsv.Parse(["2026-01-01T00:00:00Z", "2026-01-01T00:00:01.5Z"]).Requests[1].At.ShouldBe(TimeSpan.FromSeconds(1.5));
    }

    [Theory]
    [InlineData("yesterday", "line 1: \"yesterday\" is neither seconds nor a date and time")]
    [InlineData("1,long", "line 1: \"long\" is no duration")]
    [InlineData("1,-5", "line 1: \"-5\" is no duration")]
    [InlineData("# nothing", "there is no request in the trace")]
    public void What_is_no_trace_is_refused_with_its_line(string line, string message)
    {
        var (requests, errors) = TraceCsv.Parse([line]);

        requests.ShouldBeEmpty();
        errors.ShouldHaveSingleItem().ShouldStartWith(message);
    }

    [Fact]
    public void A_trace_of_more_than_a_week_is_refused() =>
        TraceCsv.Parse(["0", "604801"]).Errors.ShouldHaveSingleItem().ShouldContain("at most 7 are simulated");

    [Fact]
    public void What_is_written_is_read_back()
    {
        TraceRequest[] requests = [new(TimeSpan.Zero, TimeSpan.FromMilliseconds(1.5), "/a"), new(TimeSpan.FromSeconds(3.25), null, "/b")];

        TraceCsv.Parse([TraceCsv.Header, .. requests.Select(TraceCsv.Format)]).Requests.ShouldBe(requests);
    }
}
