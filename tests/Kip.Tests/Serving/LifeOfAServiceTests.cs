using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving;

public class LifeOfAServiceTests
{
    private static string? Why(ValueList<Condition> conditions, string type = "Ready") =>
        conditions.Find(type) is { } c ? $"{c.Status} {c.Reason} {c.Message}".TrimEnd() : null;

    [Fact]
    public void A_service_makes_its_objects_before_anything_runs()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Settle();

        world.Objects.Select(static o => $"{o.Kind} {o.Metadata.Name}").ShouldBe(
        [
            "Configuration hello", "Deployment hello-00001-deployment", "PodAutoscaler hello-00001", "Revision hello-00001", "Route hello", "Service hello",
        ], ignoreOrder: true);
        Why(world.Get<Service>("hello").Status.Conditions, "RoutesReady")
            .ShouldBe("Unknown RevisionMissing Configuration \"hello\" is waiting for a Revision to become ready.");
    }

    [Fact]
    public void A_service_is_ready_when_its_pods_are_and_the_gateway_serves_it()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();

        var service = world.Get<Service>("hello");
        Why(service.Status.Conditions).ShouldBe("True");
        service.Status.LatestReadyRevisionName.ShouldBe("hello-00001");
        service.Status.Url.ShouldBe("http://hello.default.localhost");
        service.Status.Address!.Url.ShouldBe("http://hello.default.svc.cluster.local");
        service.Status.Traffic.ShouldBe([new TrafficTarget { RevisionName = "hello-00001", LatestRevision = true, Percent = 100 }]);
        world.Get<Ingress>("hello").Spec.Rules[0].Http!.Paths[0].Splits[0].ServiceName.ShouldBe("hello-00001");
    }

    [Fact]
    public void A_revision_is_born_active_and_stays_so_once_the_labeler_has_seen_it()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Settle();

        var revision = world.Get<Revision>("hello-00001");
        revision.Metadata.Labels[ServingLabels.RoutingState].ShouldBe("active");
        revision.Metadata.Annotations[ServingAnnotations.Routes].ShouldBe("hello");
        revision.Metadata.Annotations[ServingAnnotations.Creator].ShouldBe("user");
        world.Get<PodAutoscaler>("hello-00001").Spec.Reachability.ShouldBe("Reachable");
    }

    [Fact]
    public void A_changed_template_makes_a_new_revision_and_traffic_moves_when_it_is_ready()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();

        world.Apply(Ksvc.Make().WithEnv("A", "1"));
        world.Settle();
        world.Get<Route>("hello").Status.Traffic[0].RevisionName.ShouldBe("hello-00001", "the new one is not ready yet");
        world.Get<Service>("hello").Status.LatestCreatedRevisionName.ShouldBe("hello-00002");

        world.Run();
        world.Get<Route>("hello").Status.Traffic[0].RevisionName.ShouldBe("hello-00002");
        Why(world.Get<Service>("hello").Status.Conditions).ShouldBe("True");
        world.Get<Revision>("hello-00001").Metadata.Labels[ServingLabels.RoutingState].ShouldBe("reserve");
        world.Get<Revision>("hello-00002").Metadata.Labels[ServingLabels.RoutingState].ShouldBe("active");
    }

    [Fact]
    public void A_failing_update_leaves_the_old_revision_serving()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();

        world.Apply(Ksvc.Make(image: "kip.local/broken"));
        world.Run();

        Why(world.Get<Revision>("hello-00002").Status.Conditions).ShouldBe("False ExitCode3 Container failed with: no such table: users");
        var service = world.Get<Service>("hello");
        Why(service.Status.Conditions).ShouldBe(
            "False RevisionFailed Revision \"hello-00002\" failed with message: Container failed with: no such table: users.");
        Why(service.Status.Conditions, "RoutesReady").ShouldBe("True");
        service.Status.LatestReadyRevisionName.ShouldBe("hello-00001");
        world.Get<Ingress>("hello").Spec.Rules[0].Http!.Paths[0].Splits.Single().ServiceName.ShouldBe("hello-00001");
        world.Events.Count(static e => e.Reason == "LatestCreatedFailed").ShouldBe(1);
    }

    [Fact]
    public void A_first_deployment_that_fails_makes_everything_above_it_false_with_a_reason()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make(image: "kip.local/broken"));
        world.Run();

        Why(world.Get<Configuration>("hello").Status.Conditions).ShouldStartWith("False RevisionFailed");
        Why(world.Get<Route>("hello").Status.Conditions)
            .ShouldBe("False RevisionMissing Configuration \"hello\" does not have any ready Revision.");
        Why(world.Get<Service>("hello").Status.Conditions).ShouldStartWith("False");
    }

    [Fact]
    public void A_bundle_without_its_digest_is_refused_with_the_way_out_and_nothing_is_started()
    {
        var world = new ServingWorld();
        var service = Ksvc.Make();
        world.Apply(service.With(spec => spec with { Containers = [spec.Containers[0] with { Image = "kip.local/hello" }] }));
        world.Run();

        Why(world.Get<Revision>("hello-00001").Status.Conditions).ShouldStartWith(
            "False ContainerMissing Unable to fetch image \"kip.local/hello\": failed to resolve image to digest:");
        world.Objects.OfType<Deployment>().ShouldBeEmpty();
    }

    [Fact]
    public void A_revision_asleep_stays_ready()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();

        var deployment = world.Get<Deployment>("hello-00001-deployment");
        world.Apply(deployment with { Spec = deployment.Spec with { Replicas = 0 } });
        world.Run();

        var revision = world.Get<Revision>("hello-00001");
        Why(revision.Status.Conditions).ShouldBe("True");
        Why(revision.Status.Conditions, "Active").ShouldBe("False NoTraffic The target is not receiving traffic.");
        Why(world.Get<Service>("hello").Status.Conditions).ShouldBe("True");
        world.Get<Deployment>("hello-00001-deployment").Spec.Replicas.ShouldBe(0, "the autoscaler owns the replicas");
    }

    [Fact]
    public void A_service_that_starts_asleep_becomes_ready_without_a_pod()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make().Annotated("autoscaling.knative.dev/initial-scale", "0"));
        world.Run();

        world.Get<Deployment>("hello-00001-deployment").Spec.Replicas.ShouldBe(0);
        Why(world.Get<Service>("hello").Status.Conditions).ShouldBe("True");
    }

    [Fact]
    public void A_pinned_split_is_served_with_its_tags_and_a_new_revision_takes_no_traffic()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();
        world.Apply(Ksvc.Make().WithEnv("A", "1").Traffic(
            new TrafficTarget { RevisionName = "hello-00001", Percent = 90, Tag = "current" },
            new TrafficTarget { RevisionName = "hello-00002", Percent = 10, Tag = "candidate" },
            new TrafficTarget { LatestRevision = true, Percent = 0, Tag = "latest" }));
        world.Run();

        var route = world.Get<Route>("hello");
        route.Status.Traffic.Select(static t => $"{t.Tag} {t.RevisionName} {t.Percent} {t.Url}").ShouldBe(
        [
            "current hello-00001 90 http://current-hello.default.localhost",
            "candidate hello-00002 10 http://candidate-hello.default.localhost",
            "latest hello-00002 0 http://latest-hello.default.localhost",
        ]);
        Why(world.Get<Service>("hello").Status.Conditions).ShouldBe("True");
        var rules = world.Get<Ingress>("hello").Spec.Rules;
        rules.Select(static r => $"{r.Visibility} {r.Hosts[^1]}").ShouldBe(
        [
            "ClusterLocal hello.default.svc.cluster.local", "ExternalIP hello.default.localhost",
            "ClusterLocal candidate-hello.default.svc.cluster.local", "ExternalIP candidate-hello.default.localhost",
            "ClusterLocal current-hello.default.svc.cluster.local", "ExternalIP current-hello.default.localhost",
            "ClusterLocal latest-hello.default.svc.cluster.local", "ExternalIP latest-hello.default.localhost",
        ]);
        rules[0].Http!.Paths[0].Splits.Select(static s => (s.ServiceName, s.Percent)).ShouldBe([("hello-00001", 90), ("hello-00002", 10)]);
        rules[7].Http!.Paths[0].Splits.Select(static s => (s.ServiceName, s.Percent)).ShouldBe([("hello-00002", 100)]);
    }

    [Fact]
    public void The_old_template_under_its_old_name_is_a_rollback_to_the_old_revision()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make().Named("hello-one"));
        world.Run();
        world.Apply(Ksvc.Make().WithEnv("A", "1").Named("hello-two"));
        world.Run();
        world.Get<Service>("hello").Status.LatestReadyRevisionName.ShouldBe("hello-two");

        world.Apply(Ksvc.Make().Named("hello-one"));
        world.Run();

        world.Objects.OfType<Revision>().Count().ShouldBe(2);
        world.Get<Service>("hello").Status.LatestReadyRevisionName.ShouldBe("hello-one");
        world.Get<Route>("hello").Status.Traffic[0].RevisionName.ShouldBe("hello-one");
        Why(world.Get<Service>("hello").Status.Conditions).ShouldBe("True");
    }

    [Fact]
    public void A_revision_name_that_another_has_is_reported_and_traffic_stays()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make().Named("hello-one"));
        world.Run();
        world.Apply(Ksvc.Make("hello-one", "kip.local/other"));
        world.Run();
        world.Apply(Ksvc.Make().WithEnv("A", "2").Named("hello-one-00001"));
        world.Run();

        var service = world.Get<Service>("hello");
        Why(service.Status.Conditions, "RoutesReady").ShouldBe(
            "False RevisionNameTaken The revision name \"hello-one-00001\" is taken by a conflicting Revision, so traffic will not be migrated");
        Why(service.Status.Conditions, "ConfigurationsReady").ShouldBe(
            "False RevisionFailed Revision creation failed with message: revisions.serving.knative.dev \"hello-one-00001\" already exists.");
        world.Get<Route>("hello").Status.Traffic[0].RevisionName.ShouldBe("hello-one");

        world.Delete(world.Get<Service>("hello-one"));
        world.Run();
        world.Get<Route>("hello").Status.Traffic[0].RevisionName.ShouldBe("hello-one-00001", "the name is free now");
    }

    [Fact]
    public void Labels_and_annotations_reach_configuration_and_route_and_so_do_removals_but_no_revision_is_made()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();
        var service = world.Get<Service>("hello");
        world.Apply(service with
        {
            Metadata = service.Metadata with { Labels = StringMap.Of(("team", "a")), Annotations = service.Metadata.Annotations.With("note", "x") },
        });
        world.Run();
        world.Get<Configuration>("hello").Metadata.Labels.Get("team").ShouldBe("a");
        world.Get<Route>("hello").Metadata.Annotations.Get("note").ShouldBe("x");

        world.Apply(service);
        world.Run();
        world.Get<Configuration>("hello").Metadata.Labels.ContainsKey("team").ShouldBeFalse();
        world.Get<Route>("hello").Metadata.Annotations.ContainsKey("note").ShouldBeFalse();
        world.Objects.OfType<Revision>().Count().ShouldBe(1);
    }

    [Fact]
    public void A_cluster_local_service_has_no_public_name_and_the_label_takes_effect_live()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();
        var service = world.Get<Service>("hello");
        world.Apply(service with { Metadata = service.Metadata with { Labels = StringMap.Of((ServingLabels.Visibility, "cluster-local")) } });
        world.Run();

        world.Get<Service>("hello").Status.Url.ShouldBe("http://hello.default.svc.cluster.local");
        world.Get<Ingress>("hello").Spec.Rules.ShouldAllBe(static r => r.Visibility == "ClusterLocal");
    }

    [Fact]
    public void A_change_of_the_domain_reaches_every_route()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();
        foreach (var map in Yaml.Read("""
            {apiVersion: v1, kind: ConfigMap, metadata: {name: config-domain, namespace: knative-serving}, data: {example.com: ""}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: config-network, namespace: knative-serving}, data: {kip.external-port: "8080"}}
            """)) world.Apply(map);
        world.Run();

        world.Get<Service>("hello").Status.Url.ShouldBe("http://hello.default.example.com:8080");
        world.Get<Ingress>("hello").Spec.Rules[1].Hosts.ShouldBe(["hello.default.example.com"]);
    }

    [Fact]
    public void Editing_an_autoscaling_annotation_of_a_revision_reaches_its_autoscaler_and_nothing_restarts()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();
        var (revision, deployment) = (world.Get<Revision>("hello-00001"), world.Get<Deployment>("hello-00001-deployment"));
        world.Apply(revision with
        {
            Metadata = revision.Metadata with { Annotations = revision.Metadata.Annotations.With("autoscaling.knative.dev/min-scale", "2") },
        });
        world.Run();

        world.Get<PodAutoscaler>("hello-00001").Metadata.Annotations["autoscaling.knative.dev/min-scale"].ShouldBe("2");
        world.Get<Deployment>("hello-00001-deployment").Metadata.Generation.ShouldBe(deployment.Metadata.Generation);

        world.Apply(revision);
        world.Run();
        world.Get<PodAutoscaler>("hello-00001").Metadata.Annotations.ContainsKey("autoscaling.knative.dev/min-scale").ShouldBeFalse();
    }

    [Fact]
    public void A_bare_route_marks_what_it_refers_to_and_clears_the_marks_when_it_goes()
    {
        var world = new ServingWorld();
        var template = Ksvc.Make().Spec.Template;
        world.Apply(new Route
        {
            Metadata = new ObjectMeta { Name = "front", Namespace = "default" },
            Spec = new RouteSpec { Traffic = [new TrafficTarget { ConfigurationName = "back", Percent = 100 }] },
        });
        world.Run();
        Why(world.Get<Route>("front").Status.Conditions).ShouldBe("False ConfigurationMissing Configuration \"back\" referenced in traffic not found.");

        world.Apply(new Configuration
        {
            Metadata = new ObjectMeta { Name = "back", Namespace = "default" }, Spec = new ConfigurationSpec { Template = template },
        });
        world.Run();
        Why(world.Get<Route>("front").Status.Conditions).ShouldBe("True");
        world.Get<Configuration>("back").Metadata.Annotations[ServingAnnotations.Routes].ShouldBe("front");
        world.Get<Revision>("back-00001").Metadata.Labels[ServingLabels.RoutingState].ShouldBe("active");

        world.Delete(world.Get<Route>("front"));
        world.Run();
        world.Get<Configuration>("back").Metadata.Annotations.ContainsKey(ServingAnnotations.Routes).ShouldBeFalse();
        world.Get<Revision>("back-00001").Metadata.Labels[ServingLabels.RoutingState].ShouldBe("reserve");
        world.Get<PodAutoscaler>("back-00001").Spec.Reachability.ShouldBe("Unreachable");
    }

    [Fact]
    public void The_objects_of_a_service_share_the_template_and_its_spec()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make());
        world.Run();

        var template = world.Get<Service>("hello").Spec.Template;
        world.Get<Configuration>("hello").Spec.Template.ShouldBeSameAs(template);
        world.Get<Revision>("hello-00001").Spec.ShouldBeSameAs(template.Spec);
    }

    [Theory]
    [InlineData("Configuration")]
    [InlineData("Route")]
    public void An_object_of_the_same_name_that_is_somebody_elses_is_left_alone(string kind)
    {
        var world = new ServingWorld();
        var template = Ksvc.Make().Spec.Template;
        Resource foreign = kind == "Route"
            ? new Route
            {
                Metadata = new ObjectMeta { Name = "hello", Namespace = "default" },
                Spec = new RouteSpec { Traffic = [new TrafficTarget { ConfigurationName = "x", Percent = 100 }] },
            }
            : new Configuration { Metadata = new ObjectMeta { Name = "hello", Namespace = "default" }, Spec = new ConfigurationSpec { Template = template } };
        world.Apply(foreign);
        world.Settle();
        world.Apply(Ksvc.Make());
        world.Run();

        Why(world.Get<Service>("hello").Status.Conditions).ShouldBe($"False NotOwned There is an existing {kind} \"hello\" that we do not own.");
        world.Events.Count(static e => e.Reason == "NotOwned").ShouldBe(1);
    }

    [Fact]
    public void Whatever_the_order_of_work_the_end_is_the_same()
    {
        var ends = Enumerable.Range(1, 20).Select(seed =>
        {
            var world = new ServingWorld(seed);
            world.Apply(Ksvc.Make());
            world.Apply(Ksvc.Make("other", "kip.local/broken"));
            world.Run();
            world.Apply(Ksvc.Make().WithEnv("A", "1"));
            world.Run();
            return string.Join('\n', world.Objects.Select(static o =>
                System.Text.Encoding.UTF8.GetString(o.GetDefinition().Write(o with { Metadata = o.Metadata with { ResourceVersion = null } }))));
        }).Distinct().ToArray();

        ends.Length.ShouldBe(1);
    }
}
