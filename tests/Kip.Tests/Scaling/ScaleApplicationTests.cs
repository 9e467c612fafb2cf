using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class ScaleApplicationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AutoscalingAnnotations Nothing = AutoscalingAnnotations.None;

    [Theory]
    [InlineData(ConditionStatus.True)]
    [InlineData(ConditionStatus.False)]
    public void Without_a_decision_nothing_is_done_unless_the_revision_is_starting(string active) =>
        Decide(null, active, 1000, Nothing, replicas: 4).ShouldBe(new ScaleOutcome(null));

    [Theory]
    // desired, min, max -> want
    [InlineData(3, null, null, 3)]
    [InlineData(3, 5, null, 5)]
    [InlineData(9, null, 6, 6)]
    [InlineData(9, null, 0, 9)]
    [InlineData(0, 2, null, 2)]
    public void What_the_load_calls_for_is_kept_within_the_bounds(int desired, int? min, int? max, int want) =>
        Decide(desired, ConditionStatus.True, 1000, Nothing with { MinScale = min, MaxScale = max }, replicas: 4)
            .ShouldBe(new ScaleOutcome(want, want));

    [Fact]
    public void The_scale_is_written_only_when_it_differs_and_there_is_something_to_scale()
    {
        Decide(3, ConditionStatus.True, 1000, Nothing, replicas: 3).ShouldBe(new ScaleOutcome(3));
        Decide(3, ConditionStatus.True, 1000, Nothing, replicas: null).ShouldBe(new ScaleOutcome(3));
    }

    [Fact]
    public void An_initial_scale_above_one_is_a_least_until_it_has_been_reached_once()
    {
        var asked = Nothing with { InitialScale = 5 };

        Decide(null, ConditionStatus.Unknown, 10, asked, replicas: 0).ShouldBe(new ScaleOutcome(5, 5));
        Decide(0, ConditionStatus.Unknown, 10, asked, replicas: 5, initialized: true).Want.ShouldBeNull();
        Decide(0, ConditionStatus.Unknown, 10, asked, replicas: 5, reachability: PodReachability.Unreachable).Want.ShouldBeNull();
        Decide(2, ConditionStatus.True, 10, asked with { MaxScale = 4 }, replicas: 1).ShouldBe(new ScaleOutcome(4, 4));
    }

    [Fact]
    public void A_revision_that_nothing_reaches_has_no_least() =>
        Decide(0, ConditionStatus.False, 1000, Nothing with { MinScale = 3 }, replicas: 3, reachability: PodReachability.Unreachable)
            .ShouldBe(new ScaleOutcome(0, 0));

    [Fact]
    public void Where_scaling_to_zero_is_off_one_pod_stays()
    {
        var config = AutoscalerConfig.Default with { EnableScaleToZero = false };

        Decide(0, ConditionStatus.False, 1000, Nothing, replicas: 2, config: config).ShouldBe(new ScaleOutcome(1, 1));
    }

    [Fact]
    public void A_starting_revision_is_held_until_the_deadline_and_a_buffer_have_passed()
    {
        Decide(0, ConditionStatus.Unknown, 100, Nothing, replicas: 1).ShouldBe(new ScaleOutcome(null, null, TimeSpan.FromSeconds(530)));
        Decide(null, ConditionStatus.Unknown, 630, Nothing, replicas: 1).Want.ShouldBeNull();
        Decide(0, ConditionStatus.Unknown, 631, Nothing, replicas: 1).ShouldBe(new ScaleOutcome(0, 0));
        Decide(null, ConditionStatus.Unknown, 631, Nothing, replicas: 1).ShouldBe(new ScaleOutcome(0, 0));
    }

    [Fact]
    public void An_active_revision_keeps_a_pod_for_a_stable_window_and_is_then_marked_before_it_is_scaled()
    {
        Decide(0, ConditionStatus.True, 20, Nothing, replicas: 3).ShouldBe(new ScaleOutcome(1, 1, TimeSpan.FromSeconds(40)));
        Decide(0, ConditionStatus.True, 60, Nothing, replicas: 3).ShouldBe(new ScaleOutcome(0));
        Decide(0, ConditionStatus.True, 20, Nothing with { Window = TimeSpan.FromSeconds(6) }, replicas: 1).ShouldBe(new ScaleOutcome(0));
    }

    [Theory]
    // inactive s, proxying s, retention s -> replicas, requeue s; the grace period is 30 s
    [InlineData(30, 0, 0, 0, null)]
    [InlineData(29, 5, 0, null, 25.0)]
    [InlineData(0, 30, 0, 0, null)]
    [InlineData(10, 100, 60, null, 50.0)]
    [InlineData(60, 0, 60, 0, null)]
    [InlineData(20, 12, 15, null, 18.0)]
    [InlineData(20, 40, 15, 0, null)]
    public void The_last_pod_of_an_inactive_revision_stays_for_grace_and_retention(
        int inactive, int proxying, int retention, int? replicas, double? requeue)
    {
        var outcome = Decide(0, ConditionStatus.False, inactive, Nothing with { PodRetention = TimeSpan.FromSeconds(retention) }, 1, proxying);

        outcome.ShouldBe(new ScaleOutcome(0, replicas, requeue is { } seconds ? TimeSpan.FromSeconds(seconds) : null));
    }

    [Fact]
    public void An_unreachable_revision_gets_no_retention() =>
        Decide(0, ConditionStatus.False, 0, Nothing with { PodRetention = TimeSpan.FromHours(1) }, 1, 100, reachability: PodReachability.Unreachable)
            .ShouldBe(new ScaleOutcome(0, 0));

    [Fact]
    public void The_deadline_of_the_annotation_wins() =>
        Decide(0, ConditionStatus.Unknown, 45, Nothing, replicas: 1, deadline: 10).ShouldBe(new ScaleOutcome(0, 0));

    private static ScaleOutcome Decide(
        int? desired, string active, int forSeconds, AutoscalingAnnotations asked, int? replicas, int proxying = 100_000,
        bool initialized = false, string? reachability = null, AutoscalerConfig? config = null, int deadline = 600) =>
        ScaleApplication.Decide(new()
        {
            Desired = desired,
            Autoscaler = new()
            {
                Spec = new() { Reachability = reachability },
                Status = new()
                {
                    Conditions =
                    [
                        new() { Type = "Active", Status = active, LastTransitionTime = Now.AddSeconds(-forSeconds) },
                        new() { Type = "ScaleTargetInitialized", Status = initialized ? ConditionStatus.True : ConditionStatus.Unknown },
                    ],
                },
            },
            Asked = asked,
            Config = config ?? AutoscalerConfig.Default,
            Replicas = replicas,
            ProgressDeadline = TimeSpan.FromSeconds(deadline),
            ProxyingSince = Now.AddSeconds(-proxying),
            Now = Now,
        });
}
