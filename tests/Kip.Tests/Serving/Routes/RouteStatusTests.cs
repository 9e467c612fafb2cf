using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

/// <summary>What a Route says, and what stays served while it says so.</summary>
public class RouteStatusTests
{
    private static string Why(ServingWorld world, string type = "Ready", string route = "hello") =>
        world.Get<Route>(route).Status.Conditions.Find(type) is { } c ? $"{c.Status} {c.Reason} {c.Message}".TrimEnd() : "absent";

    private static ServingWorld World(params (string Key, string Value)[] network)
    {
        var world = new ServingWorld();
        if (network.Length > 0)
            world.Apply(new Kip.Resources.Core.ConfigMap
            {
                Metadata = new ObjectMeta { Name = "config-network", Namespace = "knative-serving" }, Data = StringMap.Of(network),
            });
        return world;
    }

    [Fact]
    public void A_new_generation_is_not_configured_until_the_gateway_has_it()
    {
        var world = World();
        world.Apply(Ksvc.Make());
        world.Run();
        Why(world, "IngressReady").ShouldBe("True");

        world.Apply(Ksvc.Make().Traffic(new TrafficTarget { LatestRevision = true, Percent = 100, Tag = "v1" }));
        world.Settle();
        Why(world, "IngressReady").ShouldBe("Unknown IngressNotConfigured Ingress has not yet been reconciled.");

        world.Serve();
        world.Settle();
        Why(world).ShouldBe("True");
    }

    [Fact]
    public void A_target_that_is_not_there_leaves_what_is_served_as_it_is()
    {
        var world = World();
        world.Apply(Ksvc.Make());
        world.Run();
        var (ingress, traffic) = (world.Get<Ingress>("hello").Spec, world.Get<Route>("hello").Status.Traffic);

        world.Apply(Ksvc.Make().Traffic(
            new TrafficTarget { RevisionName = "hello-00001", Percent = 50 }, new TrafficTarget { RevisionName = "nope", Percent = 50 }));
        world.Run();

        Why(world, "AllTrafficAssigned").ShouldBe("False RevisionMissing Revision \"nope\" referenced in traffic not found.");
        world.Get<Ingress>("hello").Spec.ShouldBe(ingress);
        world.Get<Route>("hello").Status.Traffic.ShouldBe(traffic);
        world.Get<Route>("hello").Status.Url.ShouldBe("http://hello.default.localhost");
    }

    [Fact]
    public void A_name_that_dns_cannot_have_is_told_and_nothing_is_served()
    {
        var name = new string('a', 60);
        var world = World();
        world.Apply(Ksvc.Make(name, traffic: [new TrafficTarget { LatestRevision = true, Percent = 100, Tag = "much-too-long" }]));
        world.Run();

        Why(world, "AllTrafficAssigned", name).ShouldStartWith($"False ErrorConfig domain name error: invalid domain name \"much-too-long-{name}.default");
        world.Objects.OfType<Ingress>().ShouldBeEmpty();
    }

    [Fact]
    public void Zero_percent_has_a_line_in_the_status_and_none_in_the_gateway()
    {
        var world = World();
        world.Apply(Ksvc.Make());
        world.Run();
        world.Apply(Ksvc.Make().WithEnv("A", "1").Traffic(
            new TrafficTarget { RevisionName = "hello-00001", Percent = 100 }, new TrafficTarget { LatestRevision = true, Percent = 0, Tag = "new" }));
        world.Run();

        world.Get<Route>("hello").Status.Traffic.Select(static t => (t.RevisionName, t.Percent, t.ConfigurationName))
            .ShouldBe([("hello-00001", 100, null), ("hello-00002", 0, null)]);
        world.Get<Ingress>("hello").Spec.Rules[0].Http!.Paths[0].Splits.Select(static s => s.ServiceName).ShouldBe(["hello-00001"]);
    }

    [Theory]
    [InlineData("Enabled", null, "Enabled")]
    [InlineData("Redirected", null, "Redirected")]
    [InlineData("Enabled", "redirected", "Redirected")]
    [InlineData("Redirected", "enabled", "Enabled")]
    public void Plain_http_is_as_the_platform_says_unless_the_service_says_otherwise(string platform, string? service, string option)
    {
        var world = World(("http-protocol", platform));
        var asked = Ksvc.Make();
        if (service is not null)
            asked = asked with { Metadata = asked.Metadata with { Annotations = StringMap.Of(("networking.knative.dev/http-protocol", service)) } };
        world.Apply(asked);
        world.Run();

        world.Get<Ingress>("hello").Spec.HttpOption.ShouldBe(option);
    }

    [Fact]
    public void Splits_name_the_port_of_the_revisions_protocol_and_say_which_was_chosen()
    {
        var world = World();
        world.Apply(Ksvc.Make());
        world.Apply(Ksvc.Make("fast").With(
            static s => s with { Containers = [s.Containers[0] with { Ports = [new() { Name = "h2c", ContainerPortNumber = 9000 }] }] }));
        world.Run();

        Show("hello").ShouldBe("default/hello-00001:80 Knative-Serving-Namespace=default,Knative-Serving-Revision=hello-00001");
        Show("fast").ShouldBe("default/fast-00001:81 Knative-Serving-Namespace=default,Knative-Serving-Revision=fast-00001");

        string Show(string route)
        {
            var split = world.Get<Ingress>(route).Spec.Rules[0].Http!.Paths[0].Splits.Single();
            return $"{split.ServiceNamespace}/{split.ServiceName}:{split.ServicePort} {split.AppendHeaders}";
        }
    }

    [Fact]
    public void An_ingress_of_the_same_name_that_is_somebody_elses_is_left_alone()
    {
        var world = World();
        world.Apply(new Ingress
        {
            Metadata = new ObjectMeta { Name = "hello", Namespace = "default" },
            Spec = new IngressSpec
            {
                Rules = [new()
                {
                    Hosts = ["mine.example"],
                    Http = new() { Paths = [new() { Splits = [new() { ServiceNamespace = "default", ServiceName = "s", ServicePort = 80 }] }] },
                }],
            },
        });
        var theirs = world.Get<Ingress>("hello").Spec;
        world.Apply(Ksvc.Make());
        world.Run();

        Why(world, "IngressReady").ShouldBe("False NotOwned There is an existing Ingress \"hello\" that we do not own.");
        world.Get<Ingress>("hello").Spec.ShouldBe(theirs);
    }

    [Fact]
    public void A_route_of_another_gateways_class_waits_for_that_and_comes_back_with_the_class()
    {
        var world = World();
        world.Apply(Ksvc.Make());
        world.Run();
        var served = world.Get<Ingress>("hello").Metadata.Uid;

        world.Apply(Network("nginx.ingress.example.com"));
        world.Run();

        Why(world, "IngressReady").ShouldBe("Unknown IngressNotConfigured Ingress has not yet been reconciled.");
        var given = world.Get<Ingress>("hello");
        given.Metadata.Annotations[ServingAnnotations.IngressClass].ShouldBe("nginx.ingress.example.com");
        given.Metadata.Uid.ShouldNotBe(served, "what the gateway said of the former one does not count for this");

        world.Apply(Network("kourier.ingress.networking.knative.dev"));
        world.Run();
        Why(world).ShouldBe("True");
        world.Get<Ingress>("hello").Metadata.Uid.ShouldBe(given.Metadata.Uid);
    }

    private static Kip.Resources.Core.ConfigMap Network(string ingressClass) => new()
    {
        Metadata = new ObjectMeta { Name = "config-network", Namespace = "knative-serving" }, Data = StringMap.Of(("ingress-class", ingressClass)),
    };
}
