using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class AutoscalerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DeciderSpec Spec = new() { Total = 10, Target = 10, TargetBurstCapacity = 20 };

    [Theory]
    // ready pods, stable, panic -> desired, excess burst capacity, panicking
    [InlineData(0, 0.0, 0.0, 0, -20, false)]
    [InlineData(0, 1.0, 1.0, 1, -21, false)]
    [InlineData(1, 10.0, 10.0, 1, -20, false)]
    [InlineData(1, 10.000001, 10.0, 2, -20, false)]
    [InlineData(1, 11.0, 19.0, 2, -29, true)] // ceil(19/10) / 1 = 2
    [InlineData(1, 11.0, 50.0, 5, -60, true)]
    [InlineData(3, 30.0, 30.0, 3, -20, false)]
    [InlineData(3, 30.0, 50.0, 3, -40, false)] // 5/3 is below the threshold of 2
    [InlineData(3, 30.0, 60.0, 6, -50, true)]
    [InlineData(3, 40.0, 0.0, 4, 10, false)]
    [InlineData(10, 10.0, 10.0, 5, 70, false)] // at most halved
    [InlineData(10, 0.0, 0.0, 5, 80, false)]
    [InlineData(3, 0.0, 0.0, 1, 10, false)]
    [InlineData(1, 0.0, 0.0, 0, -10, false)]
    public void The_load_calls_for_so_many_pods(int ready, double stable, double panic, int desired, int excess, bool isPanicking)
    {
        var decision = Autoscaler.Decide(Spec, PanicState.Calm, new(Now, ready, stable, panic));

        decision.Desired.ShouldBe(desired);
        decision.ExcessBurstCapacity.ShouldBe(excess);
        decision.Panic.Since.HasValue.ShouldBe(isPanicking);
    }

    [Fact]
    public void Pods_go_up_by_at_most_the_rate()
    {
        var spec = Spec with { MaxScaleUpRate = 1.5 };

        Autoscaler.Decide(spec, PanicState.Calm, new(Now, 3, 1000, 0)).Desired.ShouldBe(5);
        Autoscaler.Decide(spec, PanicState.Calm, new(Now, 0, 1000, 0)).Desired.ShouldBe(2);
    }

    [Fact]
    public void An_unreachable_revision_may_fall_at_once() =>
        Autoscaler.Decide(Spec with { Reachable = false }, PanicState.Calm, new(Now, 100, 0, 0)).Desired.ShouldBe(0);

    [Fact]
    public void The_activation_scale_counts_only_when_anything_is_wanted()
    {
        var spec = Spec with { ActivationScale = 5 };

        Autoscaler.Decide(spec, PanicState.Calm, new(Now, 0, 1, 0)).Desired.ShouldBe(5);
        Autoscaler.Decide(spec, PanicState.Calm, new(Now, 0, 0, 0)).Desired.ShouldBe(0);
        Autoscaler.Decide(spec, PanicState.Calm, new(Now, 1, 70, 0)).Desired.ShouldBe(7);
    }

    [Fact]
    public void In_panic_pods_never_go_down_and_a_stable_window_of_normal_load_ends_it()
    {
        var panic = Autoscaler.Decide(Spec, PanicState.Calm, new(Now, 1, 10, 80)).Panic;
        panic.ShouldBe(new PanicState(Now, 8));

        var quiet = Autoscaler.Decide(Spec, panic, new(Now.AddSeconds(60), 8, 10, 10));
        quiet.Desired.ShouldBe(8);
        quiet.Panic.ShouldBe(panic);

        var over = Autoscaler.Decide(Spec, panic, new(Now.AddSeconds(60.1), 8, 10, 10));
        over.Desired.ShouldBe(4);
        over.Panic.ShouldBe(PanicState.Calm);
    }

    [Fact]
    public void Panic_is_extended_while_the_load_is_over_the_threshold()
    {
        var panic = Autoscaler.Decide(Spec, new(Now, 8), new(Now.AddSeconds(50), 2, 10, 60)).Panic;

        panic.ShouldBe(new PanicState(Now.AddSeconds(50), 8));
    }

    [Fact]
    public void In_panic_a_higher_stable_average_is_served_as_well() =>
        Autoscaler.Decide(Spec, new(Now, 2), new(Now, 2, 55, 20)).Desired.ShouldBe(6);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, -1)]
    [InlineData(200, 40)] // 3 * 100 - 200 - 60
    public void The_excess_burst_capacity_follows_the_capacity_wanted(double wanted, int excess) =>
        Autoscaler.Decide(new() { TargetBurstCapacity = wanted }, PanicState.Calm, new(Now, 3, 60, 60)).ExcessBurstCapacity.ShouldBe(excess);

    [Fact]
    public void A_revision_found_with_pods_begins_in_panic_and_keeps_them()
    {
        PanicState.AtStart(Now, 0).ShouldBe(PanicState.Calm);
        var start = PanicState.AtStart(Now, 4);

        Autoscaler.Decide(Spec, start, new(Now.AddSeconds(2), 4, 0, 0)).Desired.ShouldBe(4);
        Autoscaler.Decide(Spec, start, new(Now.AddSeconds(61), 4, 0, 0)).Desired.ShouldBe(2);
    }

    [Fact]
    public void It_agrees_with_a_plain_model_on_thousands_of_random_traces()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var spec = RandomSpec(random);
            var model = new Model(spec);
            var panic = PanicState.Calm;
            var now = Now;
            var load = random.NextDouble() * 100;
            for (var step = 0; step < 60; step++)
            {
                now = now.AddSeconds(2);
                load = random.Next(8) switch { 0 => 0, 1 => load * 5, 2 => load / 4, _ => load + random.Next(-10, 11) };
                load = Math.Clamp(load, 0, 1e6);
                var seen = new LoadView(now, random.Next(12), Math.Floor(load * 100) / 100, Math.Floor(load * random.NextDouble() * 200) / 100);

                var decision = Autoscaler.Decide(spec, panic, seen);
                panic = decision.Panic;

                (decision.Desired, decision.ExcessBurstCapacity, panic.Since is not null).ShouldBe(model.Scale(seen), $"seed {seed}, step {step}");
            }
        }
    }

    private static DeciderSpec RandomSpec(Random random) => new()
    {
        Total = random.Next(1, 200), Target = random.Next(1, 100), MaxScaleUpRate = 1.1 + (random.NextDouble() * 10),
        MaxScaleDownRate = 1.1 + (random.NextDouble() * 3), PanicThreshold = 1.1 + (random.NextDouble() * 3),
        StableWindow = TimeSpan.FromSeconds(random.Next(6, 60)), ActivationScale = random.Next(4) == 0 ? random.Next(2, 8) : 0,
        Reachable = random.Next(5) > 0, TargetBurstCapacity = random.Next(4) switch { 0 => 0, 1 => -1, _ => random.Next(1, 500) },
    };

    /// <summary>The reference's text (3.5), line by line, with variables where the rule has a value.</summary>
    private sealed class Model(DeciderSpec spec)
    {
        private DateTimeOffset _panicTime = DateTimeOffset.MinValue;
        private bool _panicking;
        private int _maxPanicPods;

        public (int Desired, int Excess, bool Panicking) Scale(LoadView v)
        {
            double r = v.ReadyPods == 0 ? 1 : v.ReadyPods;
            var maxUp = Math.Ceiling(spec.MaxScaleUpRate * r);
            var maxDown = 0.0;
            if (spec.Reachable) maxDown = Math.Floor(r / spec.MaxScaleDownRate);
            var dspc = Math.Ceiling(v.Stable / spec.Target);
            var dppc = Math.Ceiling(v.Panic / spec.Target);
            var ds = (int)Clamp(dspc, maxDown, maxUp);
            var dp = (int)Clamp(dppc, maxDown, maxUp);
            if (spec.ActivationScale > 1)
            {
                if (dspc > 0 && spec.ActivationScale > ds) ds = spec.ActivationScale;
                if (dppc > 0 && spec.ActivationScale > dp) dp = spec.ActivationScale;
            }
            var over = dppc / r >= spec.PanicThreshold;
            if (!_panicking && over)
            {
                _panicking = true;
                _panicTime = v.Now;
            }
            else if (over)
            {
                _panicTime = v.Now;
            }
            else if (_panicking && _panicTime + spec.StableWindow < v.Now)
            {
                _panicking = false;
                _maxPanicPods = 0;
            }
            var desired = ds;
            if (_panicking)
            {
                if (dp > desired) desired = dp;
                if (desired > _maxPanicPods) _maxPanicPods = desired;
                desired = _maxPanicPods;
            }
            var excess = -1.0;
            if (spec.TargetBurstCapacity == 0) excess = 0;
            else if (spec.TargetBurstCapacity > 0) excess = Math.Floor((v.ReadyPods * spec.Total) - spec.TargetBurstCapacity - v.Panic);
            return (desired, (int)excess, _panicking);
        }

        private static double Clamp(double x, double low, double high)
        {
            if (x < low) x = low;
            if (x > high) x = high;
            return x;
        }
    }
}
