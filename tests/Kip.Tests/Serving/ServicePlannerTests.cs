using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Services;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving;

/// <summary>What a Service says while its Configuration and Route have not caught up.</summary>
public class ServicePlannerTests
{
    private static ServiceView Seen(Service? service = null)
    {
        var world = new ServingWorld();
        world.Apply(service ?? Ksvc.Make());
        world.Run();
        return new ServiceView
        {
            Service = world.Get<Service>("hello"), Configuration = world.Get<Configuration>("hello"), Route = world.Get<Route>("hello"),
            Now = world.Now,
        };
    }

    private static string Why(Plan plan, string type) =>
        ((Service)plan.Status!).Status.Conditions.Find(type) is { } c ? $"{c.Status} {c.Reason} {c.Message}".TrimEnd() : "absent";

    private static T Newer<T>(T child) where T : Resource => child with { Metadata = child.Metadata with { Generation = child.Metadata.Generation + 1 } };

    [Fact]
    public void A_configuration_that_has_not_looked_at_its_newest_spec_is_out_of_date()
    {
        var seen = Seen();
        var plan = ServicePlanner.Plan(seen with { Configuration = Newer(seen.Configuration!) });

        Why(plan, "ConfigurationsReady").ShouldBe("Unknown OutOfDate The Configuration is still working to reflect the latest desired specification.");
        Why(plan, "Ready").ShouldStartWith("Unknown OutOfDate");
    }

    [Fact]
    public void The_steps_of_a_new_service_may_wait_to_be_told_and_those_of_one_that_was_ready_may_not()
    {
        var seen = Seen();
        var fresh = seen with { Service = seen.Service with { Status = new() }, Configuration = null, Route = null };

        ServicePlanner.Plan(fresh).StatusWithin.ShouldBe(Plan.WhileOnItsWay);
        ServicePlanner.Plan(seen with { Service = seen.Service with { Status = new() } }).StatusWithin.ShouldBeNull("it is ready now");
        ServicePlanner.Plan(seen with { Configuration = Newer(seen.Configuration!) }).StatusWithin.ShouldBeNull("it is ready no longer");
    }

    [Fact]
    public void A_route_that_has_not_looked_at_its_newest_spec_is_out_of_date()
    {
        var seen = Seen();
        var plan = ServicePlanner.Plan(seen with { Route = Newer(seen.Route!) });

        Why(plan, "RoutesReady").ShouldBe("Unknown OutOfDate The Route is still working to reflect the latest desired specification.");
    }

    [Fact]
    public void With_a_revision_name_of_ones_own_the_route_waits_until_the_configuration_has_looked()
    {
        var seen = Seen(Ksvc.Make().Named("hello-one"));
        var asked = seen.Service.WithEnv("A", "1").Named("hello-two").Traffic(new TrafficTarget { RevisionName = "hello-two", Percent = 100 });

        var plan = ServicePlanner.Plan(seen with { Service = asked });
        plan.Edits.OfType<Edit.Update>().Select(static e => e.Object.Kind).ShouldBe(["Configuration"]);

        ServicePlanner.Plan(seen with { Service = asked.Named("") }).Edits.OfType<Edit.Update>()
            .Select(static e => e.Object.Kind).ShouldBe(["Configuration", "Route"]);
    }

    [Fact]
    public void Traffic_that_goes_elsewhere_than_asked_is_not_migrated()
    {
        var seen = Seen();
        var route = seen.Route!;
        var behind = route with { Status = route.Status with { Traffic = [route.Status.Traffic[0] with { RevisionName = "hello-00000" }] } };

        Why(ServicePlanner.Plan(seen with { Route = behind }), "RoutesReady")
            .ShouldBe("Unknown TrafficNotMigrated Traffic is not yet migrated to the latest revision.");
        Why(ServicePlanner.Plan(seen), "RoutesReady").ShouldBe("True");
    }

    [Fact]
    public void What_kubectl_remembers_stays_with_the_service_and_a_rollout_is_the_routes_affair()
    {
        var service = Ksvc.Make();
        var world = new ServingWorld();
        world.Apply(service with
        {
            Metadata = service.Metadata with
            {
                Annotations = StringMap.Of(
                    ("kubectl.kubernetes.io/last-applied-configuration", "{}"), (ServingAnnotations.RolloutDuration, "10s"), ("note", "x")),
            },
        });
        world.Run();

        world.Get<Configuration>("hello").Metadata.Annotations.Select(static a => a.Key).ShouldBe(
            ["note", ServingAnnotations.Creator, ServingAnnotations.LastModifier, ServingAnnotations.Routes], ignoreOrder: true);
        world.Get<Route>("hello").Metadata.Annotations.Select(static a => a.Key).ShouldBe(
            ["note", ServingAnnotations.Creator, ServingAnnotations.LastModifier, ServingAnnotations.RolloutDuration], ignoreOrder: true);
        world.Get<Configuration>("hello").Metadata.Labels.ToString().ShouldBe("serving.knative.dev/service=hello,serving.knative.dev/serviceUID=service-hello");
        world.Get<Route>("hello").Metadata.Labels.ToString().ShouldBe("serving.knative.dev/service=hello");
    }
}
