using Kip.Resources.Autoscaling;
using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class DeciderSpecTests
{
    [Theory]
    // containerConcurrency, target annotation, utilisation annotation -> total, target
    [InlineData(0, null, null, 100, 70)]
    [InlineData(10, null, null, 10, 7)]
    [InlineData(10, 5.0, null, 5, 3.5)]
    [InlineData(10, 50.0, null, 10, 7)]
    [InlineData(0, 50.0, null, 50, 35)]
    [InlineData(0, 50.0, 100.0, 50, 50)]
    [InlineData(1, null, 100.0, 1, 1)]
    [InlineData(0, 0.01, 1.0, 0.01, 0.01)]
    public void The_concurrency_target_is_a_share_of_what_a_pod_can_take(
        long concurrency, double? target, double? utilization, double total, double expected)
    {
        var spec = Resolve(concurrency, new() { Target = target, TargetUtilizationPercentage = utilization });

        spec.Total.ShouldBe(total, 1e-12);
        spec.Target.ShouldBe(expected, 1e-12);
    }

    [Theory]
    [InlineData(0, null, null, 200, 140)]
    [InlineData(10, null, null, 200, 140)]
    [InlineData(10, 30.0, null, 30, 21)]
    [InlineData(10, 30.0, 50.0, 30, 15)]
    public void The_request_rate_target_does_not_depend_on_the_concurrency_limit(
        long concurrency, double? target, double? utilization, double total, double expected)
    {
        var spec = Resolve(concurrency, new() { Metric = "rps", Target = target, TargetUtilizationPercentage = utilization });

        spec.Metric.ShouldBe(ScalingMetric.RequestsPerSecond);
        spec.Total.ShouldBe(total, 1e-12);
        spec.Target.ShouldBe(expected, 1e-12);
    }

    [Theory]
    [InlineData(60, 10.0, 6)]
    [InlineData(6, 10.0, 1)]
    [InlineData(25, 10.0, 3)]
    [InlineData(24, 10.0, 2)]
    [InlineData(6, 1.0, 1)]
    [InlineData(60, 100.0, 60)]
    public void The_panic_window_is_a_rounded_share_of_the_stable_one_and_a_second_at_least(int window, double percentage, int expected)
    {
        var spec = Resolve(0, new() { Window = TimeSpan.FromSeconds(window), PanicWindowPercentage = percentage });

        spec.PanicWindow.ShouldBe(TimeSpan.FromSeconds(expected));
    }

    [Fact]
    public void Annotations_win_over_the_ConfigMap_and_an_initial_zero_needs_permission()
    {
        var config = AutoscalerConfig.Default with { InitialScale = 3, AllowZeroInitialScale = false };

        Resolve(0, new() { InitialScale = 0 }, config).InitialScale.ShouldBe(3);
        Resolve(0, new() { InitialScale = 0 }).InitialScale.ShouldBe(0);
        Resolve(0, new() { InitialScale = 5 }, config).InitialScale.ShouldBe(5);
        Resolve(0, new() { PanicThresholdPercentage = 150 }).PanicThreshold.ShouldBe(1.5);
        Resolve(0, new() { TargetBurstCapacity = 0 }).TargetBurstCapacity.ShouldBe(0);
        Resolve(0, new() { Aggregation = "weightedExponential" }).Algorithm.ShouldBe(WindowAlgorithm.WeightedExponential);
    }

    [Fact]
    public void Only_an_unreachable_revision_is_unreachable()
    {
        DeciderSpec.For(new() { Reachability = "Unreachable" }, AutoscalingAnnotations.None, AutoscalerConfig.Default).Reachable.ShouldBeFalse();
        DeciderSpec.For(new() { Reachability = "" }, AutoscalingAnnotations.None, AutoscalerConfig.Default).Reachable.ShouldBeTrue();
        DeciderSpec.For(new(), AutoscalingAnnotations.None, AutoscalerConfig.Default).Reachable.ShouldBeTrue();
    }

    private static DeciderSpec Resolve(long concurrency, AutoscalingAnnotations asked, AutoscalerConfig? config = null) =>
        DeciderSpec.For(new PodAutoscalerSpec { ContainerConcurrency = concurrency }, asked, config ?? AutoscalerConfig.Default);
}
