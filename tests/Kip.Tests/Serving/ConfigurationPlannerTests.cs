using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configurations;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving;

public class ConfigurationPlannerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static Configuration Make(long generation, string? latestReady = null) => new()
    {
        Metadata = new ObjectMeta { Name = "hello", Namespace = "default", Uid = "c", Generation = generation },
        Spec = new ConfigurationSpec { Template = Ksvc.Make().Spec.Template },
        Status = new ConfigurationStatus { LatestReadyRevisionName = latestReady },
    };

    private static Revision Made(Configuration configuration, long generation, string ready, bool isObserved = true)
    {
        var revision = RevisionOfConfiguration.Make(configuration with { Metadata = configuration.Metadata with { Generation = generation } }, Noon);
        return revision with
        {
            Metadata = revision.Metadata with { Generation = 1 },
            Status = new RevisionStatus { ObservedGeneration = isObserved ? 1 : 0, Conditions = [Hands.Of(
                "Ready", ready, ready == "False" ? "Bad" : null, ready == "False" ? "bad" : null)] },
        };
    }

    private static string Decide(Configuration configuration, params Revision[] revisions)
    {
        var plan = ConfigurationPlanner.Plan(new ConfigurationView { Configuration = configuration, Revisions = [.. revisions], Now = Noon });
        var status = ((Configuration)plan.Status!).Status;
        var ready = status.Conditions.Find("Ready")!;
        var made = plan.Edits.OfType<Edit.Create>().Select(static e => " +" + e.Object.Metadata.Name).SingleOrDefault();
        return $"created={status.LatestCreatedRevisionName} ready={status.LatestReadyRevisionName} {ready.Status} {ready.Reason}".TrimEnd() + made;
    }

    [Fact]
    public void The_first_generation_makes_the_first_revision() =>
        Decide(Make(1)).ShouldBe("created=hello-00001 ready= Unknown +hello-00001");

    [Fact]
    public void The_name_of_a_revision_made_may_wait_to_be_told_when_its_route_knows_of_it_and_nobody_asked_for_the_name()
    {
        var plain = Make(1);
        var routed = plain with { Metadata = plain.Metadata with { Annotations = StringMap.Of((ServingAnnotations.Routes, "hello")) } };
        var named = routed with { Spec = new ConfigurationSpec { Template = Ksvc.Make().Named("hello-one").Spec.Template } };

        Within(routed).ShouldBe(Plan.WhileOnItsWay);
        Within(plain).ShouldBeNull();
        Within(named).ShouldBeNull();

        static TimeSpan? Within(Configuration configuration) =>
            ConfigurationPlanner.Plan(new ConfigurationView { Configuration = configuration, Now = Noon }).StatusWithin;
    }

    [Fact]
    public void A_generation_that_has_its_revision_makes_none() =>
        Decide(Make(2, "hello-00001"), Made(Make(2), 1, "True"), Made(Make(2), 2, "Unknown")).ShouldBe("created=hello-00002 ready=hello-00001 Unknown");

    [Fact]
    public void The_latest_is_ready_when_its_revision_is() =>
        Decide(Make(2, "hello-00001"), Made(Make(2), 2, "True"), Made(Make(2), 1, "True")).ShouldBe("created=hello-00002 ready=hello-00002 True");

    [Fact]
    public void A_failed_latest_is_told_and_one_between_may_still_become_ready() =>
        Decide(Make(3, "hello-00001"), Made(Make(3), 1, "True"), Made(Make(3), 2, "True"), Made(Make(3), 3, "False"))
            .ShouldBe("created=hello-00003 ready=hello-00002 False RevisionFailed");

    [Fact]
    public void Readiness_never_goes_back() =>
        Decide(Make(3, "hello-00002"), Made(Make(3), 1, "True"), Made(Make(3), 2, "False"), Made(Make(3), 3, "Unknown"))
            .ShouldBe("created=hello-00003 ready=hello-00002 Unknown");

    [Fact]
    public void A_readiness_of_an_older_generation_of_the_revision_does_not_count() =>
        Decide(Make(1), Made(Make(1), 1, "True", isObserved: false)).ShouldBe("created=hello-00001 ready= Unknown");

    [Fact]
    public void The_revision_carries_the_template_and_its_origin_and_nothing_of_the_configurations_own_metadata()
    {
        var configuration = Make(7) with
        {
            Metadata = new ObjectMeta
            {
                Name = "hello", Namespace = "default", Uid = "c", Generation = 7,
                Labels = StringMap.Of(("team", "a"), (ServingLabels.Service, "hello"), (ServingLabels.ServiceUid, "s")),
                Annotations = StringMap.Of(("note", "x"), (ServingAnnotations.LastModifier, "jane")),
            },
            Spec = new ConfigurationSpec
            {
                Template = new RevisionTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = StringMap.Of(("color", "red")), Annotations = StringMap.Of(("a", "b")) },
                },
            },
        };
        var revision = RevisionOfConfiguration.Make(configuration, Noon);

        revision.Metadata.Name.ShouldBe("hello-00007");
        revision.Metadata.Labels.ToString().ShouldBe(
            "color=red,serving.knative.dev/configuration=hello,serving.knative.dev/configurationGeneration=7,serving.knative.dev/configurationUID=c,"
            + "serving.knative.dev/routingState=pending,serving.knative.dev/service=hello,serving.knative.dev/serviceUID=s");
        revision.Metadata.Annotations.ToString().ShouldBe(
            "a=b,serving.knative.dev/creator=jane,serving.knative.dev/routingStateModified=2026-01-31T12:00:00Z");
        revision.Metadata.Controller().ShouldBe(configuration.ControllerReference());
    }
}
