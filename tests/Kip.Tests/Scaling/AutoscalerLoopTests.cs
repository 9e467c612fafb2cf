using Kip.Client;
using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Rules.Scaling;
using Kip.Testing.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class AutoscalerLoopTests
{
    private const string Rev = "hello-00001";

    private static readonly NamespacedName Key = ScalingWorld.Key(Rev);

    [Fact]
    public void The_first_request_to_a_sleeping_revision_is_answered_with_a_pod_without_any_time_passing()
    {
        var world = new ScalingWorld(1);
        world.Runtime.StartTime = static () => TimeSpan.FromSeconds(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10, ("initial-scale", "0"));
            await world.Delay(100.5);
            world.Replicas(Rev).ShouldBe(0);
            world.Condition(Rev, "Active").ShouldBe("False NoTraffic");
            var poked = world.Time.GetUtcNow();

            world.Stats.TryWrite(new(Key, poked, 1, 1));
            await world.UntilReplicasAsync(Rev, 1);

            world.Time.GetUtcNow().ShouldBe(poked);
            world.Autoscaler.DecisionsOf(Key)[^1].Time.ShouldBe(poked);
            await world.Delay(0.45);
            world.Condition(Rev, "Active").ShouldBe("False NoTraffic", "most are awake before there is time to say that they wake");
            await world.Delay(0.1);
            world.Condition(Rev, "Active").ShouldBe("Unknown Queued");
            await world.Delay(1);
            world.Condition(Rev, "Active").ShouldBe("True");
            world.PodAutoscaler(Rev).Status.DesiredScale.ShouldBe(1);
        });
    }

    [Fact]
    public void Idle_for_the_stable_window_it_turns_inactive_and_loses_its_last_pod_and_sleeps()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10, ("window", "10s"));
            await world.Delay(1);
            world.Condition(Rev, "Active").ShouldBe("True");
            world.Condition(Rev, "ScaleTargetInitialized").ShouldBe("True");
            world.Condition(Rev, "SKSReady").ShouldBe("True");
            await world.Delay(8);
            world.Replicas(Rev).ShouldBe(1);

            await world.Delay(4);

            world.Replicas(Rev).ShouldBe(0);
            world.Condition(Rev, "Ready").ShouldBe("False NoTraffic");
            world.Autoscaler.Count.ShouldBe((1, 0));
        });
    }

    [Fact]
    public void A_revision_that_never_becomes_ready_is_given_up_after_its_deadline_and_stays_down_until_it_is_called()
    {
        var world = new ScalingWorld(1);
        world.Runtime.StartTime = static () => null;
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10);
            await world.Delay(49);
            world.Replicas(Rev).ShouldBe(1);
            world.Condition(Rev, "Active").ShouldBe("Unknown Queued");

            await world.Delay(3);

            world.Replicas(Rev).ShouldBe(0);
            world.Condition(Rev, "ScaleTargetInitialized").ShouldBe("Unknown");
            world.Stats.TryWrite(new(Key, world.Time.GetUtcNow(), 1, 1));
            await world.UntilReplicasAsync(Rev, 1);
        });
    }

    [Fact]
    public void The_initial_scale_is_reached_once_and_then_forgotten()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10, ("initial-scale", "3"), ("window", "6s"));
            await world.Delay(0.05);
            world.Condition(Rev, "Active").ShouldBe("Unknown Queued");
            await world.Delay(1);
            world.Condition(Rev, "ScaleTargetInitialized").ShouldBe("True");
            await world.Delay(15);
            world.Replicas(Rev).ShouldBe(0);

            world.Stats.TryWrite(new(Key, world.Time.GetUtcNow(), 1, 1));
            await world.Delay(1);

            world.Replicas(Rev).ShouldBe(1);
        });
    }

    [Fact]
    public void A_restart_of_the_platform_keeps_the_pods_and_lets_the_sleeping_sleep()
    {
        var before = new ScalingWorld(1);
        before.Run(async () =>
        {
            await before.DeployAsync(Rev, 10);
            await before.DeployAsync("asleep-00001", 10, ("initial-scale", "0"));
            await before.Delay(1);
            for (var second = 0; second < 80; second++)
            {
                before.Stats.TryWrite(new(Key, before.Time.GetUtcNow(), 28, 28));
                await before.Delay(1);
            }
            before.Replicas(Rev).ShouldBe(4);
        });

        // The pods of the earlier life are gone or not counted yet; the store remembers how many were ready.
        var pods = before.Registry.List(Pod.Definition, ListOptions.All).Items;
        var after = new ScalingWorld(2, registry: before.Registry, time: before.Time);
        after.Run(async () =>
        {
            foreach (var pod in pods) await after.Resources.DeleteAsync(Pod.Definition, pod.Key, new() { GracePeriodSeconds = 0 }, default);
            for (var second = 0; second < 50; second++)
            {
                await after.Delay(1);
                after.Replicas(Rev).ShouldBe(4);
                after.Replicas("asleep-00001").ShouldBe(0);
            }
            // Nothing was heard of it for a stable window: now it may go.
            await after.Delay(30);
            after.Replicas(Rev).ShouldBe(0);
        });
    }

    [Fact]
    public void Changed_settings_take_effect_at_once_on_sleeping_revisions_too()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10, ("initial-scale", "0"));
            await world.Delay(10);

            await world.ConfigureAsync(("min-scale", "2"));
            await world.Delay(1);
            world.Replicas(Rev).ShouldBe(2);

            await world.ConfigureAsync(("enable-scale-to-zero", "false"), ("stable-window", "6s"));
            await world.Delay(20);
            world.Replicas(Rev).ShouldBe(1);

            await world.ConfigureAsync(("stable-window", "6s"));
            await world.Delay(20);
            world.Replicas(Rev).ShouldBe(0);
        });
    }

    [Fact]
    public void Annotations_are_live_knobs()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10);
            await world.Delay(5);
            var autoscaler = world.PodAutoscaler(Rev);

            await world.Resources.UpdateAsync(autoscaler with
            {
                Metadata = autoscaler.Metadata with { Annotations = StringMap.Of((AutoscalingKeys.MinScale.Name, "3")) },
            }, default);
            await world.UntilReplicasAsync(Rev, 3);
            await world.Delay(1);

            world.Condition(Rev, "Active").ShouldBe("True");
        });
    }

    [Fact]
    public void A_scale_that_cannot_be_written_is_tried_again_until_it_is()
    {
        var failures = 5;
        var world = new ScalingWorld(1, world => new FailingScale(world.Resources, () => failures-- > 0));
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10, ("initial-scale", "0"));
            await world.Delay(10);

            world.Stats.TryWrite(new(Key, world.Time.GetUtcNow(), 1, 1));
            await world.Delay(1);

            world.Replicas(Rev).ShouldBe(1);
            failures.ShouldBeLessThan(0);
        });
    }

    [Fact]
    public void A_revision_that_is_deleted_is_forgotten_and_its_reports_are_dropped()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10);
            await world.Delay(5);
            await world.Resources.DeleteAsync(PodAutoscaler.Definition, Key, DeleteOptions.Default, default);
            await world.Delay(5);
            world.Autoscaler.Count.ShouldBe((0, 0));

            world.Stats.TryWrite(new(Key, world.Time.GetUtcNow(), 1, 1));
            await world.Delay(5);

            world.Autoscaler.Count.ShouldBe((0, 0));
        });
    }

    [Fact]
    public void Another_class_of_autoscaler_is_left_alone()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10, ("class", "mine.example.com"), ("min-scale", "3"));
            await world.Delay(30);

            world.Replicas(Rev).ShouldBe(1);
            world.PodAutoscaler(Rev).Status.Conditions.ShouldBeEmpty();
            world.Autoscaler.Count.ShouldBe((0, 0));
        });
    }

    [Fact]
    public void The_last_decisions_that_changed_something_are_kept_with_their_reasons()
    {
        var world = new ScalingWorld(1);
        world.Run(async () =>
        {
            await world.DeployAsync(Rev, 10, ("initial-scale", "0"), ("window", "6s"));
            await world.Delay(1.5);
            for (var round = 0; round < 12; round++)
            {
                world.Stats.TryWrite(new(Key, world.Time.GetUtcNow(), 1, 1));
                await world.Delay(30);
            }

            var decisions = world.Autoscaler.DecisionsOf(Key);
            // Eight changes, and the last decision of all, which changed nothing.
            decisions.Select(static d => d.Desired).ShouldBe([1, 0, 1, 0, 1, 0, 1, 0, 0]);
            decisions[^3].Reason.ShouldBe("concurrency averaged 1 over the stable window, at a target of 7 per pod");
            decisions[^1].Reason.ShouldBe("no requests over the stable window");
        });
    }

    private sealed class FailingScale(IResources inner, Func<bool> fails) : ResourcesDecorator(inner)
    {
        public override Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel) => fails()
            ? Task.FromException(ApiException.Of(500, StatusReason.InternalError, "the disk is full"))
            : base.ScaleAsync(kind, name, replicas, cancel);
    }
}
