using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

public class GradualRolloutTests
{
    private static Service Slow(string value, params TrafficTarget[] traffic)
    {
        var service = Ksvc.Make(traffic: traffic).WithEnv("A", value);
        return service with { Metadata = service.Metadata with { Annotations = StringMap.Of((ServingAnnotations.RolloutDuration, "60s")) } };
    }

    private static string Traffic(ServingWorld world) =>
        string.Join(' ', world.Get<Route>("hello").Status.Traffic.Select(static t => $"{t.RevisionName}={t.Percent}"));

    private static string Splits(ServingWorld world, int rule = 0) => string.Join(' ',
        world.Get<Ingress>("hello").Spec.Rules[rule].Http!.Paths[^1].Splits.Select(static s => $"{s.ServiceName}={s.Percent}"));

    [Fact]
    public void Traffic_moves_step_by_step_and_the_status_shows_each()
    {
        var world = new ServingWorld();
        world.Apply(Slow("1"));
        world.Run();
        Traffic(world).ShouldBe("hello-00001=100", "the first revision has nobody to share with");

        world.Apply(Slow("2"));
        world.Run();
        Traffic(world).ShouldBe("hello-00001=99 hello-00002=1");
        Splits(world).ShouldBe("hello-00001=99 hello-00002=1");
        var ready = world.Get<Service>("hello").Status.Conditions.Find("RoutesReady")!;
        (ready.Status, ready.Reason, ready.Message).ShouldBe(
            (ConditionStatus.Unknown, "RolloutInProgress", "A gradual rollout of the latest revision(s) is in progress."));
        world.Get<Revision>("hello-00001").Metadata.Labels[ServingLabels.RoutingState].ShouldBe(RoutingStates.Active, "it still serves");

        var seen = new HashSet<string>();
        for (var second = 0; second < 70; second++)
        {
            world.Advance(TimeSpan.FromSeconds(1));
            world.Run();
            seen.Add(Traffic(world));
            Splits(world).ShouldBe(Traffic(world));
            if (second == 30) Traffic(world).ShouldStartWith("hello-00001=", customMessage: "half-way both serve");
        }
        seen.Count.ShouldBeInRange(45, 62);
        Traffic(world).ShouldBe("hello-00002=100");
        world.Get<Service>("hello").Status.Conditions.IsTrue("Ready").ShouldBeTrue();
        world.Get<Revision>("hello-00001").Metadata.Labels[ServingLabels.RoutingState].ShouldBe(RoutingStates.Reserve);
    }

    [Fact]
    public void Pinned_shares_stay_while_the_latest_share_moves()
    {
        var world = new ServingWorld();
        world.Apply(Slow("1"));
        world.Run();
        TrafficTarget[] split = [new() { RevisionName = "hello-00001", Percent = 40 }, new() { LatestRevision = true, Percent = 60, Tag = "new" }];
        world.Apply(Slow("1", split));
        world.Run();
        world.Apply(Slow("2", split));
        world.Run();

        Traffic(world).ShouldBe("hello-00001=40 hello-00001=59 hello-00002=1");
        Splits(world).ShouldBe("hello-00001=99 hello-00002=1", "shares of one revision are one in the gateway");
        var tagged = world.Get<Ingress>("hello").Spec.Rules.Single(static r => r.Hosts.Contains("new-hello.default.localhost"));
        tagged.Http!.Paths[0].Splits.Select(static s => (s.ServiceName, s.Percent)).ShouldBe([("hello-00001", 99), ("hello-00002", 1)]);

        for (var i = 0; i < 70; i++)
        {
            world.Advance(TimeSpan.FromSeconds(1));
            world.Run();
        }
        Traffic(world).ShouldBe("hello-00001=40 hello-00002=60");
    }

    [Fact]
    public void The_platform_may_set_the_duration_and_without_one_traffic_moves_at_once_and_nothing_is_kept()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make().WithEnv("A", "1"));
        world.Run();
        world.Get<Ingress>("hello").Metadata.Annotations.ContainsKey(ServingAnnotations.Rollout).ShouldBeFalse();
        world.Apply(Yaml.Read(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: config-network, namespace: knative-serving}, data: {rollout-duration: '30'}}").Single());
        world.Apply(Ksvc.Make().WithEnv("A", "2"));
        world.Run();
        Traffic(world).ShouldBe("hello-00001=99 hello-00002=1", "even though the state was not kept before");
    }

    [Fact]
    public void Ending_the_duration_ends_the_rollout_at_once()
    {
        var world = new ServingWorld();
        world.Apply(Slow("1"));
        world.Run();
        world.Apply(Slow("2"));
        world.Run();
        world.Apply(Ksvc.Make().WithEnv("A", "2"));
        world.Run();

        Traffic(world).ShouldBe("hello-00002=100");
        world.Get<Service>("hello").Status.Conditions.IsTrue("Ready").ShouldBeTrue();
    }
}
