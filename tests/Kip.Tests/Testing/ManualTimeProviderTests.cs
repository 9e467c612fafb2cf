using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.Testing;

public class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_each_at_its_own_time()
    {
        Timer("c", 3);
        Timer("a", 1);
        Timer("b", 2);

        _time.Advance(TimeSpan.FromSeconds(2.5));

        _fired.ShouldBe(["a@1", "b@2"]);
        Seconds().ShouldBe(2.5);
    }

    [Fact]
    public void Timers_of_one_time_fire_in_the_order_they_were_set()
    {
        Timer("first", 1);
        Timer("second", 1);

        _time.Advance(TimeSpan.FromSeconds(1));

        _fired.ShouldBe(["first@1", "second@1"]);
    }

    [Fact]
    public void A_periodic_timer_fires_at_every_period_until_it_is_disposed()
    {
        var timer = _time.CreateTimer(_ => _fired.Add($"tick@{Seconds()}"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(5));
        timer.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));

        _fired.ShouldBe(["tick@1", "tick@3", "tick@5"]);
        _time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public void A_timer_set_by_a_timer_fires_in_the_same_advance_when_its_time_is_reached()
    {
        _time.CreateTimer(_ => Timer("inner", 1), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(2));

        _fired.ShouldBe(["inner@2"]);
    }

    [Fact]
    public void The_frameworks_own_waits_follow_the_clock()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(10), _time, TestContext.Current.CancellationToken);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);

        _time.Advance(TimeSpan.FromSeconds(5));

        timeout.IsCancellationRequested.ShouldBeTrue();
        delay.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(5));
        delay.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Elapsed_time_is_what_the_clock_was_moved_by()
    {
        var start = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(1234));
        _time.GetElapsedTime(start).ShouldBe(TimeSpan.FromMilliseconds(1234));
    }

    private double Seconds() => (_time.GetUtcNow() - ManualTimeProvider.DefaultStart).TotalSeconds;

    private void Timer(string name, double seconds) =>
        _time.CreateTimer(_ => _fired.Add($"{name}@{Seconds()}"), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
}
