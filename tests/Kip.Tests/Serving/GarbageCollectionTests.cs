using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.GarbageCollection;
using Shouldly;

namespace Kip.Tests.Serving;

public class GarbageCollectionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Configuration Owner = new()
    {
        Metadata = new ObjectMeta { Name = "hello", Namespace = "default", Uid = "u", Generation = 9 },
        Status = new ConfigurationStatus { LatestReadyRevisionName = "hello-00009" },
    };

    private static Revision Revision(int number, double hoursOld, double? hoursIdle = null, string state = RoutingStates.Reserve, string noGc = "") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"hello-{number:00000}", Namespace = "default", Uid = $"r{number}", CreationTimestamp = Now.AddHours(-hoursOld),
            Labels = StringMap.Of((ServingLabels.RoutingState, state)),
            Annotations = StringMap.Of((ServingAnnotations.NoGarbageCollection, noGc),
                (ServingAnnotations.RoutingStateModified, Now.AddHours(-(hoursIdle ?? hoursOld)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"))),
            OwnerReferences = [Owner.ControllerReference()],
        },
    };

    private static Plan Plan(GarbageCollectionConfig config, params Revision[] revisions) => GarbageCollectionPlanner.Plan(new GarbageCollectionView
    {
        Configuration = Owner, Revisions = [.. revisions], Config = config, Now = Now,
    });

    private static string[] Gone(Plan plan) => [.. plan.Edits.Cast<Edit.Delete>().Select(static d => d.Object.Metadata.Name)];

    private static readonly GarbageCollectionConfig KeepNone = new() { MinNonActiveRevisions = 0 };

    [Fact]
    public void What_is_old_and_long_unused_goes_the_longest_unused_first() =>
        Gone(Plan(KeepNone, Revision(3, 100, 20), Revision(1, 100, 40), Revision(2, 100, 30), Revision(4, 100, 14), Revision(5, 47, 47)))
            .ShouldBe(["hello-00001", "hello-00002", "hello-00003"]);

    [Fact]
    public void What_is_in_use_stays_whatever_its_age() => Gone(Plan(KeepNone,
        Revision(1, 100, state: RoutingStates.Active), Revision(2, 100, state: RoutingStates.Pending), Revision(3, 100, noGc: "TRUE"), Revision(9, 100)))
        .ShouldBeEmpty();

    [Fact]
    public void The_minimum_stays_and_it_is_the_last_used() =>
        Gone(Plan(KeepNone with { MinNonActiveRevisions = 2 }, Revision(1, 100, 90), Revision(2, 100, 80), Revision(3, 100, 70))).ShouldBe(["hello-00001"]);

    [Fact]
    public void More_than_the_maximum_goes_even_if_it_is_fresh() =>
        Gone(Plan(KeepNone with { MaxNonActiveRevisions = 1 }, Revision(1, 3), Revision(2, 2), Revision(3, 1))).ShouldBe(["hello-00001", "hello-00002"]);

    [Fact]
    public void A_disabled_age_does_not_stand_in_the_way_and_two_make_nothing_stale()
    {
        Gone(Plan(KeepNone with { RetainSinceCreateTime = null }, Revision(1, 16, 16), Revision(2, 1, 1))).ShouldBe(["hello-00001"]);
        Gone(Plan(KeepNone with { RetainSinceCreateTime = null, RetainSinceLastActiveTime = null }, Revision(1, 1000))).ShouldBeEmpty();
        Plan(
            new() { RetainSinceCreateTime = null, RetainSinceLastActiveTime = null, MaxNonActiveRevisions = null, MinNonActiveRevisions = 0 },
            Revision(1, 1000))
            .ShouldBeSameAs(Kip.Resources.Planning.Plan.Nothing);
    }

    [Fact]
    public void The_next_look_is_when_the_next_becomes_stale()
    {
        Plan(KeepNone, Revision(1, 100, 14)).RequeueAfter.ShouldBe(TimeSpan.FromHours(1));
        Plan(KeepNone, Revision(1, 1, 1)).RequeueAfter.ShouldBe(TimeSpan.FromHours(10), "a longer wait is cut into pieces");
        Plan(GarbageCollectionConfig.Default, Revision(1, 100, 14)).RequeueAfter.ShouldBeNull("below the minimum nothing will ever go");
    }

    [Fact]
    public void Revisions_without_traffic_are_collected_in_a_running_world()
    {
        var world = new Kip.Testing.Serving.ServingWorld();
        world.Apply(Kip.Testing.Serving.Yaml.Read("""
            {apiVersion: v1, kind: ConfigMap, metadata: {name: config-gc, namespace: knative-serving}, data: {min-non-active-revisions: "1"}}
            """).Single());
        for (var i = 0; i < 4; i++)
        {
            world.Apply(Ksvc.Make().WithEnv("A", $"{i}"));
            Kip.Testing.Serving.Hands.Run(world);
            world.Advance(TimeSpan.FromSeconds(10));
        }
        world.Objects.OfType<Revision>().Count().ShouldBe(4);

        for (var i = 0; i < 6; i++)
        {
            world.Advance(TimeSpan.FromHours(10));
            Kip.Testing.Serving.Hands.Run(world);
        }

        world.Objects.OfType<Revision>().Select(static r => r.Metadata.Name).ShouldBe(["hello-00003", "hello-00004"]);
        world.Objects.OfType<Kip.Resources.Apps.Deployment>().Count().ShouldBe(2);
    }
}
