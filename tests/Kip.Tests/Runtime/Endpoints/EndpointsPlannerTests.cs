using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Endpoints;
using Shouldly;

namespace Kip.Tests.Runtime.Endpoints;

public class EndpointsPlannerTests
{
    private static Service ServiceOf(IntOrString? target = null, string? selector = "web", bool publishNotReady = false) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "s1" },
        Spec = new ServiceSpec
        {
            Selector = selector is null ? default : StringMap.Of(("app", selector)),
            Ports = [new ServicePort { Name = "http", Port = 80, TargetPort = target }],
            PublishNotReadyAddresses = publishNotReady,
        },
    };

    private static Pod PodOf(string name, string app = "web", bool ready = true, string? port = null, bool leaving = false, string? ip = "127.0.0.1") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name, Labels = StringMap.Of(("app", app)),
            Annotations = port is null ? default : StringMap.Of(("kip.dev/port", port)),
            DeletionTimestamp = leaving ? DateTimeOffset.UnixEpoch : null,
        },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Ports = [new ContainerPort { Name = "h1", ContainerPortNumber = 8080 }] }] },
        Status = new PodStatus { PodIP = ip, Conditions = [new Condition { Type = "Ready", Status = ready ? "True" : "False" }] },
    };

    private static Kip.Resources.Core.Endpoints Made(Service service, params Pod[] pods) =>
        (Kip.Resources.Core.Endpoints)((Edit.Create)EndpointsPlanner.Plan(new EndpointsView(service, [.. pods], null)).Edits[0]).Object;

    [Fact]
    public void Ready_and_unready_pods_are_told_apart_and_others_left_out()
    {
        var subset = Made(ServiceOf("h1"), PodOf("a"), PodOf("b", ready: false), PodOf("other", app: "db"), PodOf("leaving", leaving: true),
            PodOf("new", ip: null)).Subsets.ShouldHaveSingleItem();

        subset.Addresses.Select(static a => a.TargetRef!.Name).ShouldBe(["a"]);
        subset.NotReadyAddresses.Select(static a => a.TargetRef!.Name).ShouldBe(["b"]);
        subset.Ports[0].ShouldBe(new EndpointPort { Name = "http", Port = 8080, Protocol = "TCP" });
    }

    [Theory]
    [InlineData(8080)]
    [InlineData("h1")]
    public void A_process_pod_is_reached_at_its_own_port(object target)
    {
        var service = ServiceOf(target is int number ? number : (string)target);

        var subsets = Made(service, PodOf("a", port: "20001"), PodOf("b", port: "20002")).Subsets;

        subsets.Select(static s => s.Ports[0].Port).ShouldBe([20001, 20002]);
    }

    [Fact]
    public void A_port_that_no_container_declares_is_taken_as_it_is() =>
        Made(ServiceOf(9090), PodOf("a", port: "20001")).Subsets[0].Ports[0].Port.ShouldBe(9090);

    [Fact]
    public void Unready_pods_are_published_where_that_is_asked_for() =>
        Made(ServiceOf("h1", publishNotReady: true), PodOf("a", ready: false)).Subsets[0].Addresses.Count.ShouldBe(1);

    [Fact]
    public void A_Service_without_a_selector_is_left_alone() =>
        EndpointsPlanner.Plan(new EndpointsView(ServiceOf(selector: null), [PodOf("a")], null)).Edits.ShouldBeEmpty();

    [Fact]
    public void Planning_again_asks_for_nothing_and_a_change_is_an_update()
    {
        var service = ServiceOf("h1");
        var made = Made(service, PodOf("b"), PodOf("a"));

        EndpointsPlanner.Plan(new EndpointsView(service, [PodOf("a"), PodOf("b")], made)).Edits.ShouldBeEmpty();
        EndpointsPlanner.Plan(new EndpointsView(service, [PodOf("a")], made)).Edits.ShouldHaveSingleItem().ShouldBeOfType<Edit.Update>();
    }

    [Fact]
    public void More_than_a_thousand_addresses_are_cut_and_said_so()
    {
        var made = Made(ServiceOf("h1"), [.. Enumerable.Range(0, 1001).Select(i => PodOf($"p{i:0000}"))]);

        made.Subsets[0].Addresses.Count.ShouldBe(1000);
        made.Metadata.Annotations["endpoints.kubernetes.io/over-capacity"].ShouldBe("truncated");
    }
}
