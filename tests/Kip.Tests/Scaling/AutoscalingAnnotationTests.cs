using Kip.Resources;
using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class AutoscalingAnnotationTests
{
    private static readonly AutoscalerConfig Limited = AutoscalerConfig.Default with { MaxScaleLimit = 10, MaxScale = 5 };

    [Theory]
    [InlineData("class", "kpa.autoscaling.knative.dev")]
    [InlineData("class", "hpa.autoscaling.knative.dev")]
    [InlineData("class", "mine.example.com")]
    [InlineData("metric", "concurrency")]
    [InlineData("metric", "rps")]
    [InlineData("target", "0.01")]
    [InlineData("target", "1e3")]
    [InlineData("min-scale", "0")]
    [InlineData("minScale", "3")]
    [InlineData("max-scale", "0")]
    [InlineData("initial-scale", "0")]
    [InlineData("activation-scale", "2")]
    [InlineData("scale-down-delay", "0s")]
    [InlineData("scaleDownDelay", "1h")]
    [InlineData("scale-to-zero-pod-retention-period", "1.5s")]
    [InlineData("window", "6s")]
    [InlineData("window", "1h")]
    [InlineData("panic-window-percentage", "1")]
    [InlineData("panic-threshold-percentage", "110")]
    [InlineData("target-utilization-percentage", "100")]
    [InlineData("target-burst-capacity", "-1")]
    [InlineData("target-burst-capacity", "0")]
    [InlineData("unknown-to-us", "anything")]
    public void A_value_in_range_is_allowed(string key, string value) => Errors(AutoscalerConfig.Default, (key, value)).ShouldBeEmpty();

    [Theory]
    [InlineData("class", "own.knative.dev", "invalid value: own.knative.dev")]
    [InlineData("metric", "cpu", "invalid value: cpu")]
    [InlineData("target", "0.001", "target 0.001 should be at least 0.01")]
    [InlineData("target", "many", "invalid value: many")]
    [InlineData("min-scale", "-1", "expected 0 <= -1 <= 2147483647")]
    [InlineData("min-scale", "1.5", "invalid value: 1.5")]
    [InlineData("maxScale", "x", "invalid value: x")]
    [InlineData("activation-scale", "1", "activation-scale=1 must be greater than 1")]
    [InlineData("scale-down-delay", "2h", "expected 0s <= 2h <= 1h0m0s")]
    [InlineData("scale-down-delay", "1.5s", "must be specified with at most second precision")]
    [InlineData("scale-to-zero-pod-retention-period", "-1s", "expected 0s <= -1s <= 1h0m0s")]
    [InlineData("window", "5s", "expected 6s <= 5s <= 1h0m0s")]
    [InlineData("window", "6500ms", "must be specified with at most second precision")]
    [InlineData("window", "60", "invalid value: 60")]
    [InlineData("panic-window-percentage", "0.5", "expected 1 <= 0.5 <= 100")]
    [InlineData("panicThresholdPercentage", "100", "expected 110 <= 100 <= 1000")]
    [InlineData("target-utilization-percentage", "101", "expected 1 <= 101 <= 100")]
    [InlineData("target-burst-capacity", "-2", "invalid value: -2")]
    public void A_value_out_of_range_is_refused_at_its_own_key(string key, string value, string message)
    {
        var errors = Errors(AutoscalerConfig.Default, (key, value));

        errors.Count.ShouldBe(1);
        errors[0].Field.ShouldBe($"metadata.annotations.autoscaling.knative.dev/{key}");
        errors[0].Message.ShouldBe(message);
    }

    [Fact]
    public void The_scales_must_agree_with_each_other()
    {
        var wrong = Errors(AutoscalerConfig.Default, ("min-scale", "3"), ("max-scale", "2")).Single();
        wrong.Message.ShouldBe("max-scale=2 is less than min-scale=3");
        wrong.Field.ShouldBe("metadata.annotations.autoscaling.knative.dev/max-scale, metadata.annotations.autoscaling.knative.dev/min-scale");
        Errors(AutoscalerConfig.Default, ("min-scale", "3"), ("max-scale", "0")).ShouldBeEmpty();
        Errors(AutoscalerConfig.Default, ("min-scale", "3"), ("activation-scale", "2")).Count.ShouldBe(1);
        Errors(AutoscalerConfig.Default, ("max-scale", "3"), ("activation-scale", "4")).Count.ShouldBe(1);
        Errors(AutoscalerConfig.Default, ("max-scale", "0"), ("activation-scale", "4")).ShouldBeEmpty();
    }

    [Fact]
    public void An_operators_limit_binds_the_annotation_and_forbids_unlimited()
    {
        Errors(Limited, ("max-scale", "10")).ShouldBeEmpty();
        Errors(Limited, ("max-scale", "11")).Single().Message.ShouldBe("expected 1 <= 11 <= 10");
        Errors(Limited, ("max-scale", "0")).Single().Message.ShouldBe("max-scale=0 (unlimited), must be less than 10");
        Errors(Limited).ShouldBeEmpty();
    }

    [Fact]
    public void A_zero_initial_scale_is_refused_where_it_is_not_allowed() =>
        Errors(AutoscalerConfig.Default with { AllowZeroInitialScale = false }, ("initial-scale", "0")).Count.ShouldBe(1);

    [Fact]
    public void The_algorithm_is_checked_only_when_the_class_is_written_out()
    {
        Errors(AutoscalerConfig.Default, ("metric-aggregation-algorithm", "odd")).ShouldBeEmpty();
        Errors(AutoscalerConfig.Default, ("metric-aggregation-algorithm", "odd"), ("class", AutoscalingKeys.KpaClass)).Count.ShouldBe(1);
    }

    [Fact]
    public void Any_metric_is_allowed_for_another_class() =>
        Errors(AutoscalerConfig.Default, ("class", AutoscalingKeys.HpaClass), ("metric", "cpu")).ShouldBeEmpty();

    [Fact]
    public void The_first_spelling_wins_over_the_older_one()
    {
        var read = AutoscalingAnnotations.Read(Annotations(("minScale", "7"), ("min-scale", "2")));

        read.MinScale.ShouldBe(2);
    }

    [Fact]
    public void What_cannot_be_read_counts_as_absent()
    {
        var read = AutoscalingAnnotations.Read(Annotations(("target", "NaN"), ("min-scale", "-3"), ("window", "soon")));

        read.ShouldBe(AutoscalingAnnotations.None with { });
    }

    private static IReadOnlyList<Kip.Rules.Admission.FieldError> Errors(AutoscalerConfig config, params (string, string)[] annotations) =>
        AutoscalingAnnotationRules.Validate(Annotations(annotations), config);

    private static StringMap Annotations(params (string Key, string Value)[] annotations) =>
        StringMap.From(annotations.Select(a => KeyValuePair.Create(AutoscalingKeys.Prefix + a.Key, a.Value)));
}
