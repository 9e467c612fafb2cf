using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class MaxTimeWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_largest_value_stands_until_the_window_has_passed_it()
    {
        var window = new MaxTimeWindow(TimeSpan.FromSeconds(10));

        window.Record(Start, 5).ShouldBe(5);
        window.Record(Start.AddSeconds(2), 2).ShouldBe(5);
        window.Record(Start.AddSeconds(8), 1).ShouldBe(5);
        window.Record(Start.AddSeconds(10), 1).ShouldBe(2);
        window.Record(Start.AddSeconds(12), 0).ShouldBe(1);
        window.Record(Start.AddSeconds(60), 0).ShouldBe(0);
    }

    [Fact]
    public void It_agrees_with_a_plain_model()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var seconds = random.Next(1, 60);
            var window = new MaxTimeWindow(TimeSpan.FromSeconds(seconds));
            var all = new List<(long Step, int Value)>();
            var now = Start;
            for (var i = 0; i < 60; i++)
            {
                now = now.AddSeconds(random.NextDouble() * 6);
                var step = now.ToUnixTimeSeconds() / 2;
                var value = random.Next(20);
                all.Add((step, value));

                window.Record(now, value).ShouldBe(all.Where(v => v.Step > step - ((seconds + 1) / 2)).Max(static v => v.Value), $"seed {seed}");
            }
        }
    }
}
