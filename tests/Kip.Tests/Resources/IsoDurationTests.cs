using Kip.Resources;
using Shouldly;

namespace Kip.Tests.Resources;

public sealed class IsoDurationTests
{
    [Theory]
    [InlineData("PT0.2S", 0.2)]
    [InlineData("PT5S", 5)]
    [InlineData("PT1M30S", 90)]
    [InlineData("P1DT12H", 129_600)]
    [InlineData("P2W", 1_209_600)]
    [InlineData("PT0S", 0)]
    [InlineData("-PT1S", -1)]
    [InlineData("PT0,5S", 0.5)]
    public void Durations_are_read(string text, double seconds)
    {
        IsoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("5s")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("PT5")]
    [InlineData("PTS")]
    [InlineData("PT5M5M")]
    [InlineData("PT5S5M")]
    [InlineData("P5S")]
    [InlineData("PT1.2.3S")]
    [InlineData("P999999999999Y")]
    [InlineData("PT5S ")]
    public void What_is_no_duration_is_not_read(string? text) => IsoDuration.TryParse(text, out _).ShouldBeFalse();
}
