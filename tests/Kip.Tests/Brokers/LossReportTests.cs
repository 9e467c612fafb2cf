using Kip.Brokers.Topics;
using Shouldly;

namespace Kip.Tests.Brokers;

public sealed class LossReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Losses_are_told_at_once_then_gathered_for_a_minute_and_none_is_left_out()
    {
        var report = new LossReport();
        report.TryTake(Now, out _, out _).ShouldBeFalse();
        report.Add(5, ["default/b", "default/a"]);
        report.TryTake(Now, out var count, out var subscriptions).ShouldBeTrue();
        (count, subscriptions).ShouldBe((5, "default/a, default/b"));

        report.Add(2, ["default/a"]);
        report.Add(3, ["default/e", "default/d", "default/c", "default/b"]);
        report.TryTake(Now.AddSeconds(59), out _, out _).ShouldBeFalse();
        report.TryTake(Now.AddSeconds(60), out count, out subscriptions).ShouldBeTrue();
        (count, subscriptions).ShouldBe((5, "default/a, default/b, default/c and 2 more"));
        report.TryTake(Now.AddHours(1), out _, out _).ShouldBeFalse();
    }
}
