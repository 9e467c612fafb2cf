using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Routes;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

public class TrafficResolverTests
{
    private static TrafficTarget To(string? revision = null, string? configuration = null, long percent = 100, string? tag = null) =>
        new() { RevisionName = revision, ConfigurationName = configuration, Percent = percent, Tag = tag };

    private static Revision Revision(string name, string ready = "True", string? service = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Labels = service is null ? default : StringMap.Of((ServingLabels.Service, service)) },
        Status = new RevisionStatus { Conditions = [Hands.Of("Ready", ready)] },
    };

    private static Configuration Configuration(string name, string? latestReady, string ready = "True") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Status = new ConfigurationStatus { LatestReadyRevisionName = latestReady, Conditions = [Hands.Of("Ready", ready)] },
    };

    private static TrafficResolution Resolve(TrafficTarget[] traffic, string? service = null, params Resource[] there) => TrafficResolver.Resolve(new RouteView
    {
        Route = new Route
        {
            Metadata = new ObjectMeta
            {
                Name = "r", Namespace = "default", Labels = service is null ? default : StringMap.Of((ServingLabels.Service, service)),
            },
            Spec = new RouteSpec { Traffic = [.. traffic] },
        },
        Configurations = [.. there.OfType<Configuration>()],
        Revisions = [.. there.OfType<Revision>()],
        Now = DateTimeOffset.UnixEpoch,
    });

    private static string Why(TrafficResolution resolution) => $"{resolution.Problem!.Status} {resolution.Problem.Reason} {resolution.Problem.Message}";

    [Fact]
    public void A_configuration_stands_for_its_latest_ready_revision()
    {
        var target = Resolve([To(configuration: "c")], null, Configuration("c", "c-1"), Revision("c-1")).Targets.Single().Target;

        target.ShouldBe(new TrafficTarget { RevisionName = "c-1", LatestRevision = true, Percent = 100 });
    }

    [Fact]
    public void What_is_missing_or_not_ready_is_named()
    {
        Why(Resolve([To(configuration: "c")])).ShouldBe("False ConfigurationMissing Configuration \"c\" referenced in traffic not found.");
        Why(Resolve([To("r")])).ShouldBe("False RevisionMissing Revision \"r\" referenced in traffic not found.");
        Why(Resolve([To(configuration: "c")], null, Configuration("c", null, "Unknown")))
            .ShouldBe("Unknown RevisionMissing Configuration \"c\" is waiting for a Revision to become ready.");
        Why(Resolve([To(configuration: "c")], null, Configuration("c", null, "False")))
            .ShouldBe("False RevisionMissing Configuration \"c\" does not have any ready Revision.");
        Why(Resolve([To("r")], null, Revision("r", "Unknown"))).ShouldBe("Unknown RevisionMissing Revision \"r\" is not yet ready.");
        Why(Resolve([To("r")], null, Revision("r", "False"))).ShouldBe("False RevisionMissing Revision \"r\" failed to become ready.");
    }

    [Fact]
    public void A_failure_outweighs_something_not_ready_yet_in_either_order()
    {
        Resource[] there = [Revision("slow", "Unknown")];
        var (slow, missing) = (To("slow", percent: 50), To("gone", percent: 50));

        Why(Resolve([slow, missing], null, there)).ShouldContain("\"gone\"");
        Why(Resolve([missing, slow], null, there)).ShouldContain("\"gone\"");
    }

    [Theory]
    [InlineData("other", "Revision \"r\" belongs to Service \"other\", not Service \"mine\".")]
    [InlineData(null, "Revision \"r\" does not belong to Service \"mine\".")]
    public void A_services_route_serves_its_own_revisions_only(string? owner, string message) =>
        Why(Resolve([To("r")], "mine", Revision("r", service: owner))).ShouldBe($"False RevisionNotOwned {message}");

    [Fact]
    public void The_default_group_has_every_share_and_each_tag_all_of_its_own()
    {
        var resolution = Resolve(
            [To("a", percent: 60, tag: "x"), To("b", percent: 40), To("c", percent: 0, tag: "w")], null, Revision("a"), Revision("b"), Revision("c"));

        TrafficGroup.Of(resolution.Targets, Kip.Rules.Serving.Rollouts.Rollout.None, static _ => "http1")
            .Select(static g => $"{g.Tag}: {string.Join(" ", g.Shares.Select(static s => $"{s.RevisionName}={s.Percent}"))}")
            .ShouldBe([": a=60 b=40", "w: c=100", "x: a=100"]);
    }

    [Fact]
    public void Shares_of_the_same_revision_are_added_and_a_single_one_gets_all()
    {
        var resolution = Resolve(
            [To("a", percent: 30), To("a", percent: 30, tag: "t"), To("b", percent: 40), To("a", percent: 0)], null, Revision("a"), Revision("b"));

        TrafficGroup.Of(
            resolution.Targets, Kip.Rules.Serving.Rollouts.Rollout.None,
            static _ => "http1")[0].Shares.Select(static s => (s.RevisionName, s.Percent)).ShouldBe([("a", 60), ("b", 40)]);
        TrafficTargets.Merge(resolution.Targets.Select(static t => t.Target)).Select(static t => (t.RevisionName, t.Tag, t.Percent))
            .ShouldBe([("a", null, 30L), ("a", "t", 30L), ("b", null, 40L)]);
    }
}
