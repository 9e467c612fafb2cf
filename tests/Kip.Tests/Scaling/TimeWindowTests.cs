using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class TimeWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Fact]
    public void Values_of_one_second_add_up()
    {
        var window = Window(5);

        window.Record(At(0), 2);
        window.Record(At(0.9), 3);

        window.Average(At(0.95)).ShouldBe(5);
    }

    [Fact]
    public void A_young_window_averages_over_the_seconds_it_has_seen()
    {
        var window = Window(60);

        window.Record(At(0), 10);
        window.Record(At(1), 20);

        window.Average(At(1)).ShouldBe(15);
    }

    [Fact]
    public void While_the_newest_seconds_are_missing_the_average_is_over_the_known_ones()
    {
        var window = Window(5);
        for (var second = 0; second < 5; second++) window.Record(At(second), second + 1); // 1 2 3 4 5

        window.Average(At(4)).ShouldBe(3);
        window.Average(At(5)).ShouldBe(3.5); // 2 3 4 5
        window.Average(At(6)).ShouldBe(4); // 3 4 5
        window.Average(At(8)).ShouldBe(5);
        window.Average(At(9)).ShouldBe(0);
    }

    [Fact]
    public void A_gap_between_two_writes_counts_as_zeros()
    {
        var window = Window(10);

        window.Record(At(0), 6);
        window.Record(At(3), 6);

        window.Average(At(3)).ShouldBe(3); // 6 0 0 6
    }

    [Fact]
    public void A_late_value_joins_its_second_unless_the_window_has_passed_it()
    {
        var window = Window(5);
        window.Record(At(10), 4);

        window.Record(At(8), 2);
        window.Average(At(10)).ShouldBe(2); // 2 0 4

        window.Record(At(5), 100);
        window.Average(At(10)).ShouldBe(2);
    }

    [Fact]
    public void After_a_whole_window_of_silence_history_begins_anew()
    {
        var window = Window(5);
        window.Record(At(0), 100);
        window.IsEmpty(At(5)).ShouldBeFalse();
        window.IsEmpty(At(6)).ShouldBeTrue();

        window.Record(At(7), 3);

        window.Average(At(7)).ShouldBe(3);
        window.IsEmpty(At(7)).ShouldBeFalse();
    }

    [Fact]
    public void Passed_seconds_count_as_zeros_and_never_take_anything_away()
    {
        var window = Window(10);
        window.PassTo(At(0));
        window.IsEmpty(At(0)).ShouldBeTrue();

        window.Record(At(1), 8);
        window.PassTo(At(0));
        window.PassTo(At(1));
        window.Average(At(1)).ShouldBe(8);

        window.PassTo(At(4));
        window.Average(At(4)).ShouldBe(2); // 8 0 0 0
    }

    [Fact]
    public void The_average_is_cut_after_six_decimals()
    {
        var window = Window(3);
        for (var second = 0; second < 3; second++) window.Record(At(second), second == 0 ? 2 : 0);

        window.Average(At(2)).ShouldBe(0.666666);
    }

    [Fact]
    public void The_weighted_average_favours_the_newest_second()
    {
        var window = new TimeWindow(TimeSpan.FromSeconds(6), WindowAlgorithm.WeightedExponential);
        var a = 1 - Math.Pow(0.0001, 1.0 / 6); // about 0.785

        window.Record(At(0), 10);
        window.Record(At(1), 20);

        window.Average(At(1)).ShouldBe((20 * a) + (10 * a * (1 - a)), 1e-9);
        window.Average(At(2)).ShouldBe((20 * a * (1 - a)) + (10 * a * (1 - a) * (1 - a)), 1e-9);
        window.Average(At(7)).ShouldBe(0);
    }

    [Fact]
    public void In_a_long_window_the_newest_second_still_weighs_a_fifth()
    {
        var window = new TimeWindow(TimeSpan.FromSeconds(60), WindowAlgorithm.WeightedExponential);
        window.Record(At(0), 10);
        window.Average(At(0)).ShouldBe(2, 1e-9);
    }

    [Theory]
    [InlineData(3, 5.0)] // 4 5 6
    [InlineData(20, 3.5)] // 1 2 3 4 5 6
    public void A_resize_keeps_the_newest_seconds(int seconds, double average)
    {
        var window = Window(6);
        for (var second = 0; second < 6; second++) window.Record(At(second), second + 1);

        window.Resize(TimeSpan.FromSeconds(seconds));

        window.Average(At(5)).ShouldBe(average);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(60)]
    public void It_agrees_with_a_plain_model_on_thousands_of_random_traces(int length)
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            var random = new Random((length * 100_000) + seed);
            var window = Window(length);
            var model = new Model(length);
            var now = 0.0;
            for (var step = 0; step < 40; step++)
            {
                now += random.Next(6) switch { 0 => 0.1, 1 => length * random.NextDouble() * 1.5, _ => random.NextDouble() * 2 };
                var at = Start.AddSeconds(now - (random.Next(4) == 0 ? random.NextDouble() * length * 1.5 : 0));
                var value = random.Next(0, 40) / 4.0;
                window.Record(at, value);
                model.Record(at.ToUnixTimeSeconds(), value);

                var asked = Start.AddSeconds(now + (random.Next(3) == 0 ? random.NextDouble() * length * 1.2 : 0));
                var because = $"seed {seed}, step {step}";
                window.Average(asked).ShouldBe(model.Average(asked.ToUnixTimeSeconds()), 1.1e-6, because);
                window.IsEmpty(asked).ShouldBe(model.IsEmpty(asked.ToUnixTimeSeconds()), because);
            }
        }
    }

    private static TimeWindow Window(int seconds) => new(TimeSpan.FromSeconds(seconds));

    private static DateTimeOffset At(double seconds) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds);

    /// <summary>The reference's words, taken literally: every write is kept, every average is counted out of all of them.</summary>
    private sealed class Model(int length)
    {
        private readonly List<(long Second, double Value)> _writes = [];

        public void Record(long second, double value)
        {
            if (_writes.Count > 0)
            {
                var last = _writes.Max(static w => w.Second);
                if (second - last >= length) _writes.Clear();
                else if (last - second >= length) return;
            }
            _writes.Add((second, value));
        }

        public bool IsEmpty(long now) => _writes.Count == 0 || now - _writes.Max(static w => w.Second) > length;

        public double Average(long now)
        {
            if (_writes.Count == 0) return 0;
            var last = _writes.Max(static w => w.Second);
            var first = _writes.Min(static w => w.Second);
            var silent = Math.Max(0, now - last);
            if (silent >= length) return 0;
            var end = Math.Max(now, last);
            var sum = _writes.Where(w => w.Second > end - length).Sum(static w => w.Value);
            return Math.Floor(sum / Math.Min(last - first + 1, length - silent) * 1e6) / 1e6;
        }
    }
}
