using Kip.Client;
using Kip.Resources;
using Kip.Rules.Scaling;
using Kip.Testing.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class ManySleepingRevisionsTests
{
    private const int Count = 2_000;

    [Fact]
    public void Sleeping_revisions_take_part_in_no_tick_and_any_of_them_wakes_at_once()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            for (var i = 0; i < Count; i++) await world.DeployAsync($"rev-{i}", 10, ("initial-scale", "0"));
            await world.Delay(10);
            world.Autoscaler.Count.ShouldBe((Count, 0));
            var steps = world.Scheduler.Steps;
            var decided = world.Autoscaler.DecisionsOf(ScalingWorld.Key("rev-7"))[^1].Time;

            await world.Delay(100);

            // Fifty ticks of a few steps each, however many sleep; the informers' bookmarks are in it, too.
            (world.Scheduler.Steps - steps).ShouldBeLessThan(Count / 2);
            world.Autoscaler.DecisionsOf(ScalingWorld.Key("rev-7"))[^1].Time.ShouldBe(decided);

            world.Stats.TryWrite(new(ScalingWorld.Key("rev-7"), world.Time.GetUtcNow(), 1, 1));
            await world.UntilReplicasAsync("rev-7", 1);
            world.Autoscaler.Count.ShouldBe((Count, 1));
            world.Replicas("rev-8").ShouldBe(0);
        });
    }

    [Fact]
    public void A_sleeping_decider_is_small()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var spec = new DeciderSpec();
        var deciders = new Decider[1000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < deciders.Length; i++)
        {
            deciders[i] = new Decider(spec, start, 0);
            deciders[i].Decide(start, default);
        }
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / deciders.Length;

        deciders.ShouldAllBe(static d => d.IsAsleep);
        each.ShouldBeLessThan(400);
    }
}
