using Kip.Resources;
using Kip.Testing.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

/// <summary>Scaling by CPU in the real loop, on one thread with a clock of its own.</summary>
public class HpaLoopTests
{
    private static readonly (string, string) Class = ("class", "hpa.autoscaling.knative.dev");

    [Fact]
    public void Busy_pods_bring_more_up_to_the_bound_and_idle_ones_go_after_the_window() => new ScalingWorld(1).RunHpa(async world =>
    {
        await world.DeployAsync("web", 0, Class, ("target", "50"), ("max-scale", "6"), ("window", "30s"));
        await world.Delay(20);
        world.Condition("web", "Ready").ShouldBe("True");
        world.Replicas("web").ShouldBe(1);

        world.Usage.Cores = 1;
        await world.Delay(240);
        world.Replicas("web").ShouldBe(6);
        world.PodAutoscaler("web").Status.DesiredScale.ShouldBe(6);

        world.Usage.Cores = 0.02;
        await world.Delay(20);
        world.Replicas("web").ShouldBe(6, "the window is not over");
        await world.Delay(60);
        world.Replicas("web").ShouldBe(1, "and it never sleeps");
    });

    [Fact]
    public void A_revision_of_the_other_class_is_left_to_the_other_loop_and_one_that_changes_class_changes_loops() => new ScalingWorld(1).RunHpa(async world =>
    {
        world.Usage.Cores = 5;
        await world.DeployAsync("kpa", 0, ("window", "6s"));
        await world.Delay(60);
        world.Replicas("kpa").ShouldBe(0);

        var autoscaler = world.PodAutoscaler("kpa");
        await world.Resources.UpdateAsync(
            autoscaler with
            {
                Metadata = autoscaler.Metadata with
                {
                    Annotations = StringMap.Of(("autoscaling.knative.dev/class", Class.Item2), ("autoscaling.knative.dev/max-scale", "3")),
                },
            }, default);
        await world.Delay(90);
        world.Replicas("kpa").ShouldBe(3);
    });
}
