using Kip.Rules.Eventing.Delivery;
using Shouldly;

namespace Kip.Tests.Eventing.Delivery;

public sealed class CongestionWindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Failures_halve_the_window_and_successes_open_it_again()
    {
        var window = new CongestionWindow(100);
        window.Failed(Now);
        window.Size.ShouldBe(50);
        for (var i = 0; i < 10; i++) window.Failed(Now);
        window.Size.ShouldBe(1);
        window.NotBefore.ShouldBe(default);
        for (var i = 0; i < 200; i++) window.Succeeded();
        window.Size.ShouldBe(100);
    }

    [Fact]
    public void A_subscriber_that_only_fails_is_tried_once_in_a_while_until_it_succeeds()
    {
        var window = new CongestionWindow(100);
        for (var i = 0; i < CongestionWindow.BrokenAfter; i++) window.Failed(Now);
        window.IsBroken.ShouldBeTrue();
        window.Size.ShouldBe(1);
        window.NotBefore.ShouldBe(Now + CongestionWindow.FirstGap);
        for (var i = 0; i < 100; i++) window.Failed(Now);
        window.NotBefore.ShouldBe(Now + CongestionWindow.LongestGap);
        window.Succeeded();
        window.IsBroken.ShouldBeFalse();
        window.NotBefore.ShouldBe(default);
    }

    [Fact]
    public void A_new_limit_holds_at_once()
    {
        var window = new CongestionWindow(100) { Limit = 5 };
        window.Size.ShouldBe(5);
        window.Limit = 10;
        window.Size.ShouldBe(10);
    }
}
