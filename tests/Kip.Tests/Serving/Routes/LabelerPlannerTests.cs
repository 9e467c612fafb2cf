using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Labeling;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

public class LabelerPlannerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static Route Route(string ready, params TrafficTarget[] traffic) => new()
    {
        Metadata = new ObjectMeta { Name = "front", Namespace = "default" },
        Spec = new RouteSpec { Traffic = [.. traffic] },
        Status = new RouteStatus { Conditions = [Hands.Of("Ready", ready)] },
    };

    private static Revision Revision(string name, string? routes = null, string state = "pending", string? service = null) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default",
            Labels = service is null
                ? StringMap.Of((ServingLabels.RoutingState, state))
                : StringMap.Of((ServingLabels.RoutingState, state), (ServingLabels.Service, service)),
            Annotations = routes is null ? default : StringMap.Of((ServingAnnotations.Routes, routes)),
        },
    };

    private static string[] Decide(Route? route, params Revision[] revisions) =>
        [.. LabelerPlanner.Plan(new LabelerView { Key = new("default", "front"), Route = route, Revisions = [.. revisions], Now = Noon }).Edits
            .Cast<Edit.Update>().Select(static e => $"{e.Object.Metadata.Name} {e.Object.Metadata.Labels[ServingLabels.RoutingState]} "
                + $"[{e.Object.Metadata.Annotations.Get(ServingAnnotations.Routes)}] "
                + $"{e.Object.Metadata.Annotations.Get(ServingAnnotations.RoutingStateModified)}")];

    [Fact]
    public void What_a_route_refers_to_is_marked_and_becomes_active() =>
        Decide(Route("Unknown", new TrafficTarget { RevisionName = "a" }), Revision("a", "back"), Revision("b"))
            .ShouldBe(["a active [back,front] 2026-01-31T12:00:00Z"]);

    [Fact]
    public void What_it_no_longer_refers_to_goes_to_the_reserve_unless_another_route_does()
    {
        var route = Route("True", new TrafficTarget { RevisionName = "c" });

        Decide(route, Revision("a", "front", "active"), Revision("b", "back,front", "active"), Revision("c", "front", "active"))
            .ShouldBe(["a reserve [] 2026-01-31T12:00:00Z", "b active [back] "]);
    }

    [Fact]
    public void Nothing_is_taken_away_while_it_is_not_clear_what_the_route_serves() =>
        Decide(Route("Unknown", new TrafficTarget { RevisionName = "b" }), Revision("a", "front", "active"), Revision("b", "front", "active")).ShouldBeEmpty();

    [Fact]
    public void A_route_that_is_gone_refers_to_nothing() =>
        Decide(null, Revision("a", "front", "active")).ShouldBe(["a reserve [] 2026-01-31T12:00:00Z"]);

    [Fact]
    public void What_a_service_has_just_made_keeps_its_mark_until_the_route_is_there() =>
        Decide(null, Revision("a", "front", "active", service: "front")).ShouldBeEmpty();
}
