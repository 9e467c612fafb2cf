using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Rules.Scaling;
using Kip.Rules.Scaling.Hpa;
using Shouldly;

namespace Kip.Tests.Scaling;

public class HpaDeciderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HpaSpec Cpu = new(HpaSpec.Cpu, 50, 1, 0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Pods that each use so many cores all the time, measured every 15 s.</summary>
    private sealed class World(HpaSpec spec, double request = 1)
    {
        private readonly HpaDecider _decider = new();
        private double _used;
        private int _tick;

        public int Replicas { get; private set; } = 1;

        public int Step(double coresPerPod, int? ready = null)
        {
            _used += coresPerPod * 15;
            var pods = Enumerable.Range(0, ready ?? Replicas).Select(i => new HpaPod($"p{i}", request, TimeSpan.FromSeconds(_used), null)).ToArray();
            return Replicas = _decider.Decide(spec, pods, Replicas, Start + TimeSpan.FromSeconds(15 * _tick++));
        }
    }

    [Fact]
    public void A_rate_takes_two_measurements_and_then_use_by_target_says_how_many()
    {
        var world = new World(Cpu);
        world.Step(2).ShouldBe(1, "nothing is known yet");
        world.Step(2).ShouldBe(4, "two cores at half a core each");
    }

    [Theory]
    [InlineData(0.54, 1)] // 8 % above the target
    [InlineData(0.56, 2)]
    [InlineData(0.46, 1)]
    public void A_tenth_more_or_less_changes_nothing(double cores, int expected)
    {
        var world = new World(Cpu);
        world.Step(cores);
        world.Step(cores).ShouldBe(expected);
    }

    [Fact]
    public void The_percentage_is_of_what_the_pod_asks_for()
    {
        var world = new World(Cpu, request: 0.1);
        world.Step(0.15);
        world.Step(0.15).ShouldBe(3);
    }

    [Fact]
    public void It_grows_to_twice_or_by_four_at_most_in_one_step()
    {
        var world = new World(Cpu);
        world.Step(50);
        world.Step(50).ShouldBe(5);
        world.Step(50).ShouldBe(10, "new pods have no rate yet and count as idle, but the load is far more than that");
        world.Step(50).ShouldBe(20);
    }

    [Fact]
    public void Bounds_hold_whatever_is_used()
    {
        var world = new World(Cpu with { Min = 2, Max = 3 });
        world.Step(0).ShouldBe(2);
        world.Step(9);
        world.Step(9).ShouldBe(3);
        world.Step(0);
        world.Step(0).ShouldBe(2);
    }

    [Fact]
    public void The_window_keeps_what_was_wanted_lately()
    {
        var world = new World(Cpu with { ScaleDownWindow = TimeSpan.FromSeconds(60) });
        world.Step(2);
        world.Step(2);
        world.Step(0.5);
        world.Replicas.ShouldBe(4);
        for (var i = 0; i < 3; i++) world.Step(0.1).ShouldBe(4, "60 s are not over");
        world.Step(0.1);
        world.Step(0.1).ShouldBeLessThan(4);
    }

    [Fact]
    public void A_growth_waits_where_the_service_asks_for_a_window()
    {
        var world = new World(Cpu with { ScaleUpWindow = TimeSpan.FromSeconds(30) });
        world.Step(0.5);
        world.Step(0.5);
        world.Step(2).ShouldBe(1);
        world.Step(2).ShouldBe(1);
        world.Step(2).ShouldBe(4);
    }

    [Fact]
    public void Memory_is_an_average_per_pod()
    {
        var spec = new HpaSpec(HpaSpec.Memory, 100, 1, 0, TimeSpan.Zero, TimeSpan.Zero);
        HpaPod[] pods = [new("a", 1, null, 250 * 1024 * 1024), new("b", 1, null, 150 * 1024 * 1024)];

        new HpaDecider().Decide(spec, pods, 2, Start).ShouldBe(4);
        new HpaDecider().Decide(spec, [pods[0], new("b", 1, null, null)], 2, Start).ShouldBe(3, "the unknown one is taken to use nothing when more are wanted");
        new HpaDecider().Decide(spec, [new("a", 1, null, 1024), new("b", 1, null, null)], 2, Start).ShouldBe(2, "and all of its share when fewer are");
    }

    [Fact]
    public void Without_a_target_it_is_eighty_percent_of_cpu()
    {
        HpaSpec.For(AutoscalingAnnotations.None with { Metric = "memory" }, AutoscalerConfig.Default)
            .ShouldBe(new HpaSpec(HpaSpec.Cpu, 80, 1, 0, TimeSpan.Zero, TimeSpan.FromMinutes(5)));
        HpaSpec.For(new() { Metric = "memory", Target = 75.5, MinScale = 2, MaxScale = 9, Window = TimeSpan.FromSeconds(20) }, AutoscalerConfig.Default)
            .ShouldBe(new HpaSpec(HpaSpec.Memory, 75, 2, 9, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20)));
        HpaSpec.For(new() { Target = 75.5 }, AutoscalerConfig.Default).Target.ShouldBe(76);
    }

    [Fact]
    public void Its_autoscaler_is_always_active_and_sets_the_deployment()
    {
        var autoscaler = new PodAutoscaler
        {
            Metadata = new ObjectMeta { Name = "r", Namespace = "n", Annotations = StringMap.Of(("autoscaling.knative.dev/min-scale", "2")) },
        };
        var target = new Deployment { Metadata = new ObjectMeta { Name = "r-deployment", Namespace = "n" }, Spec = new DeploymentSpec { Replicas = 1 } };

        var plan = HpaPlanner.Plan(new(autoscaler, target, new PodCounts(1, 0, 0, 0), null, AutoscalerConfig.Default, Start));

        plan.Edits.Single().ShouldBe(new Kip.Resources.Planning.Edit.Scale(Deployment.Definition, target.Key, 2));
        var status = ((PodAutoscaler)plan.Status!).Status;
        (status.DesiredScale, status.ActualScale, status.Conditions.IsTrue("Active"), status.Conditions.IsTrue("ScaleTargetInitialized"))
            .ShouldBe((2, 1, true, false));
        status = ((PodAutoscaler)HpaPlanner.Plan(new(autoscaler, target, new PodCounts(2, 0, 0, 0), 5, AutoscalerConfig.Default, Start)).Status!).Status;
        (status.DesiredScale, status.Conditions.IsTrue("Ready")).ShouldBe((5, true));
    }
}
