using Kip.Resources;
using Shouldly;

namespace Kip.Tests.Scaling;

public class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("6s", 6_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("200ms", 200)]
    [InlineData("-2m", -120_000)]
    [InlineData("+1s", 1_000)]
    [InlineData(".5s", 500)]
    [InlineData("1s500ms", 1_500)]
    public void A_duration_in_Go_form_is_read(string text, double milliseconds)
    {
        GoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("1 s")]
    [InlineData("1s ")]
    [InlineData("1..2s")]
    [InlineData("1e3s")]
    [InlineData("99999999999999h")]
    public void Anything_else_is_refused(string? text) => GoDuration.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(6_000, "6s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(3_600_000, "1h0m0s")]
    [InlineData(1_500, "1.5s")]
    [InlineData(200, "200ms")]
    [InlineData(-60_000, "-1m0s")]
    public void A_duration_is_written_as_Go_writes_it_and_read_back_the_same(double milliseconds, string text)
    {
        var duration = TimeSpan.FromMilliseconds(milliseconds);

        GoDuration.Format(duration).ShouldBe(text);

        GoDuration.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(duration);
    }
}
