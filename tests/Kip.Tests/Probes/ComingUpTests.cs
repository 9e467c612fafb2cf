using Kip.Rules.Probes;
using Shouldly;

namespace Kip.Tests.Probes;

public class ComingUpTests
{
    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(32, 1)]
    [InlineData(64, 2)]
    [InlineData(1_600, 50)]
    [InlineData(60_000, 50)]
    public void Of_a_start_of_which_nothing_is_known_a_32nd_is_waited(int elapsed, double wait) =>
        ComingUp.Wait(Ms(elapsed), expected: null).ShouldBe(Ms(wait));

    [Theory]
    [InlineData(0, 1, "at once: it may be faster than ever")]
    [InlineData(8, 2, "then a quarter of what it takes")]
    [InlineData(40, 10, "")]
    [InlineData(80, 20, "at most 20 ms")]
    [InlineData(135, 5, "not beyond seven tenths")]
    [InlineData(140, 1.5625, "from then on a 128th of what is expected")]
    [InlineData(200, 1.5625, "")]
    [InlineData(299, 1.5625, "")]
    [InlineData(320, 10, "slower than most: as if nothing were known")]
    public void Of_one_that_took_200_ms_before_most_are_asked_around_then(int elapsed, double wait, string because) =>
        ComingUp.Wait(Ms(elapsed), Ms(200)).ShouldBe(Ms(wait), because);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(130)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    public void Around_the_expected_time_the_answer_is_late_by_1_ms_or_a_128th(int expected)
    {
        var elapsed = TimeSpan.Zero;
        while (elapsed < Ms(expected) * 1.4)
        {
            var wait = ComingUp.Wait(elapsed, Ms(expected));
            wait.ShouldBeInRange(Ms(1), Ms(50));
            if (elapsed >= Ms(expected) * 0.8) wait.ShouldBeLessThanOrEqualTo(expected / 128.0 > 1 ? Ms(expected / 128.0) : Ms(1));
            elapsed += wait;
        }
    }

    [Fact]
    public void A_start_of_130_ms_that_is_expected_takes_half_as_many_questions_as_one_that_is_not()
    {
        int Questions(TimeSpan? expected)
        {
            var count = 0;
            for (var elapsed = TimeSpan.Zero; elapsed < Ms(130); elapsed += ComingUp.Wait(elapsed, expected)) count++;
            return count;
        }

        Questions(expected: Ms(130)).ShouldBeLessThan(60);
        Questions(expected: null).ShouldBeInRange(70, 80);
    }

    [Theory]
    [InlineData(null, 150, 150)]
    [InlineData(200, 150, 150)]
    [InlineData(150, 150, 150)]
    [InlineData(100, 200, 125)]
    public void What_is_expected_follows_faster_starts_at_once_and_slower_ones_by_a_quarter(int? expected, int took, int next) =>
        ComingUp.Expect(expected is { } known ? Ms(known) : null, Ms(took)).ShouldBe(Ms(next));
}
