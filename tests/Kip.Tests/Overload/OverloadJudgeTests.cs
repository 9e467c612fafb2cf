using Kip.Rules.Overload;
using Shouldly;

namespace Kip.Tests.Overload;

/// <summary>What is a burst, what is an overload, and when it is over.</summary>
public sealed class OverloadJudgeTests
{
    private readonly OverloadJudge _judge = new();

    private OverloadVerdict Run(int seconds, int arrived, int served, int waiting, int growth = 0, int pods = 1, int slots = 10, int max = 1)
    {
        OverloadVerdict verdict = default;
        for (var i = 0; i < seconds; i++) verdict = _judge.Tick(new(arrived, served, waiting + i * growth, pods, slots, max));
        return verdict;
    }

    [Fact]
    public void Five_times_what_all_pods_can_serve_is_shed_after_some_seconds_down_to_a_second_of_work()
    {
        Run(2, arrived: 500, served: 100, waiting: 400, growth: 400).Sheds.ShouldBeFalse("two seconds are a burst");

        var verdict = Run(3, arrived: 500, served: 100, waiting: 1200, growth: 400);

        verdict.ShouldBe(new(Sheds: true, QueueLimit: 100, RetryAfterSeconds: 1));
    }

    [Fact]
    public void A_burst_of_any_height_is_held_when_no_more_come()
    {
        Run(1, arrived: 9_000, served: 1, waiting: 8_999);
        for (var left = 8_998; left > 0; left -= 50) _judge.Tick(new(0, 50, left, 1, 10, 1)).Sheds.ShouldBeFalse();
    }

    [Fact]
    public void A_cold_start_is_no_overload_however_long_it_takes() =>
        Run(60, arrived: 100, served: 0, waiting: 100, growth: 100, pods: 0).Sheds.ShouldBeFalse();

    [Fact]
    public void While_pods_are_added_nothing_is_shed()
    {
        for (var pods = 1; pods <= 8; pods++)
            Run(9, arrived: 1000, served: 100 * pods, waiting: 5_000, pods: pods, max: 0).Sheds.ShouldBeFalse($"{pods} pods");
    }

    [Fact]
    public void Without_a_limit_of_pods_none_is_expected_any_more_after_ten_seconds()
    {
        Run(1, arrived: 500, served: 100, waiting: 1_000, pods: 4, max: 0);
        Run(OverloadJudge.PodPatience - 1, arrived: 500, served: 100, waiting: 1_000, pods: 4, max: 0).Sheds.ShouldBeFalse();
        Run(1, arrived: 500, served: 100, waiting: 1_000, pods: 4, max: 0).Sheds.ShouldBeTrue();
    }

    [Fact]
    public void Many_clients_that_each_wait_for_their_answer_are_no_overload() =>
        Run(60, arrived: 100, served: 100, waiting: 900).Sheds.ShouldBeFalse("as many are served as come");

    [Fact]
    public void It_is_over_when_the_queue_has_been_short_for_three_seconds()
    {
        Run(10, arrived: 500, served: 100, waiting: 1_000).Sheds.ShouldBeTrue();
        Run(5, arrived: 500, served: 100, waiting: 100).Sheds.ShouldBeTrue("the queue is only short because others are refused");

        Run(2, arrived: 50, served: 60, waiting: 10).Sheds.ShouldBeTrue();
        Run(1, arrived: 50, served: 50, waiting: 0).Sheds.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(20, 1)]
    public void A_slow_service_keeps_one_waiting_for_each_slot_and_ten_at_least(int slots, int perSecond) =>
        Run(10, arrived: 50, served: perSecond, waiting: 500, slots: slots).QueueLimit.ShouldBe(Math.Max(slots, 10));
}
