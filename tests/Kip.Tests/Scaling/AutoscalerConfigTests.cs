using Kip.Resources;
using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class AutoscalerConfigTests
{
    [Fact]
    public void An_empty_map_gives_the_defaults()
    {
        AutoscalerConfig.TryParse(default, out var config, out var errors).ShouldBeTrue();

        errors.ShouldBeEmpty();
        config.ShouldBe(AutoscalerConfig.Default);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var data = StringMap.Of(
            ("container-concurrency-target-percentage", "50"), ("container-concurrency-target-default", "10"),
            ("requests-per-second-target-default", "20"), ("target-burst-capacity", "-1"), ("stable-window", "2m"),
            ("panic-window-percentage", "20"), ("panic-threshold-percentage", "300"), ("max-scale-up-rate", "10"),
            ("max-scale-down-rate", "3"), ("enable-scale-to-zero", "false"), ("scale-to-zero-grace-period", "5s"),
            ("scale-to-zero-pod-retention-period", "1m"), ("pod-autoscaler-class", "mine.example.com"), ("activator-capacity", "50"),
            ("initial-scale", "2"), ("allow-zero-initial-scale", "false"), ("min-scale", "1"), ("max-scale", "5"), ("max-scale-limit", "9"),
            ("scale-down-delay", "15m"), ("_example", "not: read"));

        AutoscalerConfig.TryParse(data, out var config, out var errors).ShouldBeTrue(string.Join(";", errors));

        config.ShouldBe(new AutoscalerConfig
        {
            ConcurrencyTargetFraction = 0.5, ConcurrencyTargetDefault = 10, RpsTargetDefault = 20, TargetBurstCapacity = -1,
            StableWindow = TimeSpan.FromMinutes(2), PanicWindowPercentage = 20, PanicThresholdPercentage = 300, MaxScaleUpRate = 10,
            MaxScaleDownRate = 3, EnableScaleToZero = false, ScaleToZeroGracePeriod = TimeSpan.FromSeconds(5),
            ScaleToZeroPodRetention = TimeSpan.FromMinutes(1), PodAutoscalerClass = "mine.example.com", ActivatorCapacity = 50,
            InitialScale = 2, AllowZeroInitialScale = false, MinScale = 1, MaxScale = 5, MaxScaleLimit = 9,
            ScaleDownDelay = TimeSpan.FromMinutes(15),
        });
    }

    [Theory]
    [InlineData("0.7", 0.7)]
    [InlineData("1", 1)]
    [InlineData("70", 0.7)]
    [InlineData("100", 1)]
    public void A_target_percentage_up_to_one_is_a_fraction(string text, double fraction)
    {
        AutoscalerConfig.TryParse(StringMap.Of(("container-concurrency-target-percentage", text)), out var config, out _).ShouldBeTrue();

        config.ConcurrencyTargetFraction.ShouldBe(fraction);
    }

    [Theory]
    [InlineData("container-concurrency-target-percentage", "0")]
    [InlineData("container-concurrency-target-percentage", "101")]
    [InlineData("container-concurrency-target-default", "0.001")]
    [InlineData("requests-per-second-target-default", "0.001")]
    [InlineData("target-burst-capacity", "-2")]
    [InlineData("target-burst-capacity", "NaN")]
    [InlineData("stable-window", "5s")]
    [InlineData("stable-window", "2h")]
    [InlineData("stable-window", "6.5s")]
    [InlineData("stable-window", "60")]
    [InlineData("panic-window-percentage", "0.5")]
    [InlineData("panic-window-percentage", "101")]
    [InlineData("max-scale-up-rate", "1")]
    [InlineData("max-scale-down-rate", "1")]
    [InlineData("enable-scale-to-zero", "yes")]
    [InlineData("scale-to-zero-grace-period", "0s")]
    [InlineData("scale-to-zero-pod-retention-period", "-1s")]
    [InlineData("activator-capacity", "0.5")]
    [InlineData("initial-scale", "-1")]
    [InlineData("initial-scale", "1.5")]
    [InlineData("min-scale", "-1")]
    [InlineData("max-scale", "-1")]
    [InlineData("max-scale-limit", "3")]
    [InlineData("scale-down-delay", "1.5s")]
    public void A_wrong_value_is_refused_with_its_key_and_the_value(string key, string value)
    {
        AutoscalerConfig.TryParse(StringMap.Of((key, value)), out _, out var errors).ShouldBeFalse();

        errors.Count.ShouldBe(1);
        // A limit on max-scale is refused at max-scale, which is unlimited by default.
        errors[0].Field.ShouldBe(key == "max-scale-limit" ? "data[max-scale]" : $"data[{key}]");
        if (key != "max-scale-limit") errors[0].Message.ShouldContain(value);
    }

    [Fact]
    public void A_zero_initial_scale_needs_permission()
    {
        AutoscalerConfig.TryParse(StringMap.Of(("initial-scale", "0")), out _, out _).ShouldBeTrue();
        AutoscalerConfig.TryParse(StringMap.Of(("initial-scale", "0"), ("allow-zero-initial-scale", "false")), out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_least_may_not_be_more_than_the_most() =>
        AutoscalerConfig.TryParse(StringMap.Of(("min-scale", "3"), ("max-scale", "2")), out _, out _).ShouldBeFalse();
}
