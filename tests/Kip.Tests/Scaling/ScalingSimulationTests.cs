using Kip.Testing.Scaling;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.Scaling;

/// <summary>The real loops and rules over whole lives of a revision, in many orders of events.</summary>
public class ScalingSimulationTests
{
    private const string Rev = "hello-00001";

    [Fact]
    public void In_every_order_of_events_pods_stay_within_bounds_follow_the_load_and_vanish_when_it_is_gone()
    {
        foreach (var seed in Seeds.Take(25, fresh: 3)) Simulate(seed, slow: false);
    }

    [Fact]
    public void It_is_so_when_every_write_takes_a_moment_and_decisions_overtake_each_other()
    {
        foreach (var seed in Seeds.Take(25, fresh: 3)) Simulate(seed, slow: true);
    }

    private static void Simulate(int seed, bool slow)
    {
        var choice = new Random(seed * 31);
        var (min, max) = (choice.Next(3), choice.Next(2) * choice.Next(3, 7));
        var concurrency = choice.Next(1, 11);
        var world = new ScalingWorld(seed, slow ? SlowWire : null);
        var gateway = world.GatewayFor(Rev);
        gateway.PodConcurrency = concurrency;
        world.Runtime.StartTime = () => TimeSpan.FromMilliseconds(choice.Next(20, 4000));
        var watch = new Watch(world, gateway, min, max, slow);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, concurrency, ("min-scale", $"{min}"), ("max-scale", $"{max}"), ("window", $"{choice.Next(6, 13)}s"),
                ("initial-scale", $"{choice.Next(3)}"));
            world.Scheduler.AfterStep = watch.Check;
            // A route leads to the revision only when its PodAutoscaler has a status.
            await world.Delay(0.5 + choice.Next(40));
            var sent = 0;
            for (var phase = 0; phase < 4; phase++)
            {
                var pause = choice.NextDouble() * choice.Next(1, 4) * 0.3;
                var requests = new List<Task>();
                for (var i = choice.Next(1, 80); i > 0; i--)
                {
                    requests.Add(gateway.RequestAsync(TimeSpan.FromMilliseconds(choice.Next(5, 3000))));
                    sent++;
                    if (choice.Next(3) == 0) await world.Delay(pause);
                    await watch.NobodyIsForgottenAsync();
                }
                await Task.WhenAll(requests);
                await world.Delay(choice.Next(70));
            }
            gateway.Served.ShouldBe(sent);

            // A minute is more than any window here, twice.
            await world.Delay(60);
            world.Replicas(Rev).ShouldBe(min);
            world.Runtime.Count(new("default", $"{Rev}-deployment")).ShouldBe(min);
            if (min == 0) world.Condition(Rev, "Active").ShouldBe("False NoTraffic");
            world.Autoscaler.DesiredOf(ScalingWorld.Key(Rev)).ShouldBe(min > 1 ? min / 2 : 0);

            await gateway.RequestAsync(TimeSpan.FromMilliseconds(10));
            gateway.Served.ShouldBe(sent + 1);
        });
    }

    private static SlowResources SlowWire(ScalingWorld world) =>
        new(world.Resources, world.Time, () => TimeSpan.FromMilliseconds(world.Scheduler.Random.Next(0, 40)));

    /// <summary>What must hold after every single step.</summary>
    private sealed class Watch(ScalingWorld world, FakeGateway gateway, int min, int max, bool slow)
    {
        private int _replicas = world.Runtime.Made;
        private bool _wasInitialized;

        public void Check()
        {
            var replicas = world.Replicas(Rev);
            if (max > 0) replicas.ShouldBeLessThanOrEqualTo(max);
            if (max > 0) world.Runtime.Count(world.Deployment(Rev).Key).ShouldBeLessThanOrEqualTo(max);
            if (_wasInitialized) replicas.ShouldBeGreaterThanOrEqualTo(min);
            _wasInitialized |= replicas >= min;

            // The last pod may go at the moment in which a request comes, since nobody can know of both at once; but not while one is there.
            var slack = TimeSpan.FromMilliseconds(slow ? 200 : 0);
            if (_replicas > 0 && replicas == 0 && gateway.InFlight > 0)
                (world.Time.GetUtcNow() - gateway.LastActivity).ShouldBeLessThanOrEqualTo(slack, "the last pod was taken from a request");
            _replicas = replicas;
        }

        /// <summary>A request is in: when the dust has settled, a pod has been asked for.</summary>
        public async Task NobodyIsForgottenAsync()
        {
            if (gateway.InFlight == 0) return;
            await world.Delay(slow ? 0.4 : 0.001);
            if (gateway.InFlight > 0) world.Replicas(Rev).ShouldBeGreaterThan(0, "a request waits, and no pod has been asked for");
        }
    }
}
