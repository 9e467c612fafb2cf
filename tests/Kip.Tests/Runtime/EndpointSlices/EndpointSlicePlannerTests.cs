using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Discovery;
using Kip.Resources.Planning;
using Kip.Runtime.EndpointSlices;
using Shouldly;

namespace Kip.Tests.Runtime.EndpointSlices;

public class EndpointSlicePlannerTests
{
    private static readonly Service Web = new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "s1", Labels = StringMap.Of(("team", "a")) },
        Spec = new ServiceSpec { Selector = StringMap.Of(("app", "web")), Ports = [new ServicePort { Name = "http", Port = 80, TargetPort = 8080 }] },
    };

    private static Pod PodOf(string name, bool ready = true, bool leaving = false, string? port = null, string phase = "Running") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name, Labels = StringMap.Of(("app", "web")),
            Annotations = port is null ? default : StringMap.Of(("kip.dev/port", port)), DeletionTimestamp = leaving ? DateTimeOffset.UnixEpoch : null,
        },
        Spec = new PodSpec { Containers = [new Container { Name = "c", Ports = [new ContainerPort { ContainerPortNumber = 8080 }] }] },
        Status = new PodStatus { Phase = phase, PodIP = "10.0.0.1", Conditions = [new Condition { Type = "Ready", Status = ready ? "True" : "False" }] },
    };

    private static Plan Plan(EndpointSlice[] present, params Pod[] pods) => EndpointSlicePlanner.Plan(new EndpointSliceView(Web, [.. pods], [.. present]));

    private static EndpointSlice[] Made(params Pod[] pods) => [.. Plan([], pods).Edits.OfType<Edit.Create>().Select(static c => (EndpointSlice)c.Object)];

    [Fact]
    public void A_slice_says_which_pods_serve_which_are_ready_and_which_are_leaving()
    {
        var slice = Made(PodOf("a"), PodOf("b", ready: false), PodOf("c", leaving: true), PodOf("done", phase: "Succeeded")).ShouldHaveSingleItem();

        slice.Metadata.Labels[EndpointSlicePlanner.ServiceName].ShouldBe("web");
        slice.Metadata.Labels["team"].ShouldBe("a");
        slice.Ports.ShouldHaveSingleItem().ShouldBe(new EndpointPort { Name = "http", Port = 8080, Protocol = "TCP" });
        slice.Endpoints.Select(static e => (e.TargetRef!.Name, e.Conditions!.Ready, e.Conditions.Serving, e.Conditions.Terminating))
            .ShouldBe([("a", true, true, false), ("b", false, false, false), ("c", false, true, true)]);
    }

    [Fact]
    public void Pods_at_other_ports_and_more_than_a_hundred_have_other_slices()
    {
        Made(PodOf("a", port: "20001"), PodOf("b", port: "20002")).Select(static s => s.Ports[0].Port).ShouldBe([20001, 20002], ignoreOrder: true);
        Made([.. Enumerable.Range(0, 250).Select(static i => PodOf($"p{i:000}"))])
            .Select(static s => s.Endpoints.Count).ShouldBe([100, 100, 50], ignoreOrder: true);
    }

    [Fact]
    public void Without_pods_there_is_an_empty_slice_and_a_change_keeps_the_name()
    {
        Made().ShouldHaveSingleItem().Endpoints.ShouldBeEmpty();
        var first = Made(PodOf("a"))[0];

        var edit = Plan([first], PodOf("a"), PodOf("b")).Edits.ShouldHaveSingleItem().ShouldBeOfType<Edit.Update>();
        edit.Object.Metadata.Name.ShouldBe(first.Metadata.Name);
        Plan([(EndpointSlice)edit.Object], PodOf("a"), PodOf("b")).Edits.ShouldBeEmpty();
    }
}
