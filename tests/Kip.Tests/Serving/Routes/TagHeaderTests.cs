using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

public class TagHeaderTests
{
    private static string[] Paths(ServingWorld world, string host) =>
    [
        .. world.Get<Ingress>("hello").Spec.Rules.Single(r => r.Hosts.Contains(host)).Http!.Paths
            .Select(static p => $"[{p.Headers}] +{p.AppendHeaders} {string.Join(' ', p.Splits.Select(static s => $"{s.ServiceName}={s.Percent}"))}"),
    ];

    [Fact]
    public void With_the_feature_a_header_chooses_a_tag_and_the_way_is_told()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();
        world.Apply(Ksvc.Make().WithEnv("A", "1").Traffic(
            new TrafficTarget { RevisionName = "hello-00001", Percent = 100, Tag = "old" },
            new TrafficTarget { LatestRevision = true, Percent = 0, Tag = "new" }));
        world.Run();
        Paths(world, "hello.default.localhost").ShouldBe(["[] + hello-00001=100"], "the feature is off at first");

        world.Apply(Yaml.Read(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: config-features, namespace: knative-serving}, "
            + "data: {tag-header-based-routing: enabled}}").Single());
        world.Run();

        Paths(world, "hello.default.localhost").ShouldBe(
        [
            "[Knative-Serving-Tag=new] + hello-00002=100", "[Knative-Serving-Tag=old] + hello-00001=100",
            "[] +Knative-Serving-Default-Route=true hello-00001=100",
        ]);
        Paths(world, "new-hello.default.localhost").ShouldBe(["[] +Knative-Serving-Tag=new hello-00002=100"]);
        Paths(world, "hello.default.svc.cluster.local").Length.ShouldBe(3, "inside as outside");
    }
}
