using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Planning;
using Kip.Rules.Scaling;
using Shouldly;

namespace Kip.Tests.Scaling;

public class PodAutoscalerPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // desired, ready, min-scale, Active before (and for how long) -> Active, reason
    [InlineData(1, 0, 0, "False", 100, "Unknown", "Queued")]
    [InlineData(1, 1, 0, "Unknown", 100, "True", null)]
    [InlineData(3, 2, 0, "True", 100, "True", null)]
    [InlineData(3, 2, 3, "True", 100, "Unknown", "Queued")]
    [InlineData(0, 1, 0, "True", 100, "False", "NoTraffic")]
    [InlineData(0, 1, 0, "True", 10, "True", null)]
    [InlineData(0, 0, 0, "False", 100, "False", "NoTraffic")]
    [InlineData(0, 0, 0, "Unknown", 100, "Unknown", "Queued")]
    [InlineData(0, 1, 0, "Unknown", 100, "True", null)]
    [InlineData(0, 0, 0, "Unknown", 700, "False", "TimedOut")]
    [InlineData(null, 0, 0, "False", 100, "False", "NoTraffic")]
    [InlineData(null, 0, 0, "Unknown", 100, "Unknown", "Queued")]
    [InlineData(null, 1, 0, "Unknown", 100, "True", null)]
    public void The_status_says_whether_the_revision_is_active(
        int? desired, int ready, int min, string before, int forSeconds, string active, string? reason)
    {
        var status = StatusOf(Plan(Autoscaler(before, forSeconds, min: min), desired, ready, replicas: 1));

        var condition = status.Conditions.Single(static c => c.Type == "Active");
        (condition.Status, condition.Reason).ShouldBe((active, reason));
        // Everything else is in order, so Ready says what Active says.
        var whole = status.Conditions.Single(static c => c.Type == "Ready");
        (whole.Status, whole.Reason).ShouldBe((active, reason));
    }

    [Fact]
    public void A_new_revision_counts_as_initialized_when_its_initial_scale_is_ready_and_stays_so()
    {
        var fresh = new PodAutoscaler { Metadata = Meta([("initial-scale", "3")]), Spec = Spec };

        Initialized(Plan(fresh, null, 2, replicas: 3)).ShouldBe(ConditionStatus.Unknown);
        var started = Plan(fresh, null, 3, replicas: 3);
        Initialized(started).ShouldBe(ConditionStatus.True);
        Initialized(Plan((PodAutoscaler)started.Status!, 0, 0, replicas: 0)).ShouldBe(ConditionStatus.True);
    }

    [Fact]
    public void A_revision_deployed_asleep_is_inactive_and_initialized_at_once_and_needs_no_pod()
    {
        var fresh = new PodAutoscaler { Metadata = Meta([("initial-scale", "0")]), Spec = Spec };

        var first = Plan(fresh, null, 0, replicas: 0);
        var second = Plan((PodAutoscaler)first.Status!, 0, 0, replicas: 0);

        foreach (var plan in new[] { first, second })
        {
            plan.Edits.ShouldBeEmpty();
            Initialized(plan).ShouldBe(ConditionStatus.True);
            var active = StatusOf(plan).Conditions.Single(static c => c.Type == "Active");
            (active.Status, active.Reason).ShouldBe(("False", "NoTraffic"));
        }
    }

    [Fact]
    public void A_revision_deployed_asleep_says_so_once_it_is_decided_upon()
    {
        var fresh = new PodAutoscaler { Metadata = Meta([("initial-scale", "0")]), Spec = Spec };

        Plan(fresh, null, 0, replicas: 0).StatusWithin.ShouldNotBeNull("the decision is on its way");
        var decided = Plan(fresh, 0, 0, replicas: 0);
        decided.StatusWithin.ShouldBeNull();
        StatusOf(decided).DesiredScale.ShouldBe(0);
        StatusOf(Plan((PodAutoscaler)decided.Status!, 0, 0, replicas: 0)).ShouldBe(StatusOf(decided));
        Plan(fresh, 0, 2, replicas: 2).Edits.ShouldBeEmpty("pods that are there are not taken without a word");
    }

    [Fact]
    public void The_status_tells_what_is_wanted_and_what_is_there()
    {
        var status = StatusOf(Plan(Autoscaler("True", 100), 4, 2, replicas: 2));

        (status.DesiredScale, status.ActualScale, status.ServiceName, status.ObservedGeneration).ShouldBe((4, 2, "hello-00001", 7));
    }

    [Fact]
    public void Without_a_decision_the_last_wish_stays_in_the_status()
    {
        var autoscaler = Autoscaler("True", 100);
        autoscaler = autoscaler with { Status = autoscaler.Status with { DesiredScale = 5 } };

        StatusOf(Plan(autoscaler, null, 2, replicas: 5)).DesiredScale.ShouldBe(5);
    }

    [Fact]
    public void The_scale_is_an_edit_of_the_Deployment()
    {
        Plan(Autoscaler("True", 100), 4, 2, replicas: 2).Edits.Single()
            .ShouldBe(new Edit.Scale(Deployment.Definition, new("default", "hello-00001-deployment"), 4));
        Plan(Autoscaler("True", 100), 4, 2, replicas: 4).Edits.ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_Deployment_there_is_nothing_to_scale_but_a_status()
    {
        var plan = PodAutoscalerPlanner.Plan(new(Autoscaler("Unknown", 5), null, default, 3, AutoscalerConfig.Default, Now));

        plan.Edits.ShouldBeEmpty();
        StatusOf(plan).DesiredScale.ShouldBe(3);
    }

    [Fact]
    public void The_last_pod_goes_in_two_steps_so_that_requests_are_expected_at_the_gateway_before()
    {
        var marked = Plan(Autoscaler("True", 100), 0, 1, replicas: 1);
        marked.Edits.ShouldBeEmpty();

        var applied = Plan((PodAutoscaler)marked.Status!, 0, 1, replicas: 1);
        applied.Edits.Single().ShouldBe(new Edit.Scale(Deployment.Definition, new("default", "hello-00001-deployment"), 0));
    }

    [Fact]
    public void Planning_again_after_the_edits_asks_for_nothing()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var autoscaler = Autoscaler(new[] { "True", "False", "Unknown" }[random.Next(3)], random.Next(800), random.Next(3));
            var (desired, ready, replicas) = ((int?)random.Next(-1, 5), random.Next(4), random.Next(5));
            if (desired < 0) desired = null;
            var plan = Plan(autoscaler, desired, ready, replicas);

            // Marking a revision inactive is followed by its scale, so two more looks may be needed; never more.
            for (var i = 0; i < 2; i++)
            {
                replicas = ReplicasAfter(plan, replicas);
                plan = Plan((PodAutoscaler)plan.Status!, desired, ready, replicas);
            }
            var again = Plan((PodAutoscaler)plan.Status!, desired, ready, ReplicasAfter(plan, replicas));

            again.Edits.ShouldBeEmpty($"seed {seed}");
            again.Status.ShouldBe(plan.Status, $"seed {seed}");
        }
    }

    private static readonly PodAutoscalerSpec Spec = new()
    {
        Reachability = PodReachability.Reachable, ProtocolType = "http1",
        ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = "hello-00001-deployment" },
    };

    private static Plan Plan(PodAutoscaler autoscaler, int? desired, int ready, int replicas) => PodAutoscalerPlanner.Plan(new(
        autoscaler,
        new Deployment { Metadata = new() { Namespace = "default", Name = "hello-00001-deployment" }, Spec = new() { Replicas = replicas } },
        new PodCounts(ready, 0, 0, 0), desired, AutoscalerConfig.Default, Now));

    private static PodAutoscaler Autoscaler(string active, int forSeconds, int min = 0) => new()
    {
        Metadata = Meta(min > 0 ? [("min-scale", $"{min}")] : []),
        Spec = Spec,
        Status = new()
        {
            Conditions =
            [
                new() { Type = "Active", Status = active, LastTransitionTime = Now.AddSeconds(-forSeconds) },
                new() { Type = "Ready", Status = active, LastTransitionTime = Now.AddSeconds(-forSeconds) },
                new() { Type = "SKSReady", Status = "True", LastTransitionTime = Now.AddSeconds(-1000) },
                new() { Type = "ScaleTargetInitialized", Status = "True", LastTransitionTime = Now.AddSeconds(-1000) },
            ],
        },
    };

    private static ObjectMeta Meta((string Key, string Value)[] annotations) => new()
    {
        Namespace = "default", Name = "hello-00001", Generation = 7, CreationTimestamp = Now.AddSeconds(-5),
        Annotations = StringMap.From(annotations.Select(a => KeyValuePair.Create(AutoscalingKeys.Prefix + a.Key, a.Value))),
    };

    private static int ReplicasAfter(Plan plan, int before) => plan.Edits.Count > 0 ? ((Edit.Scale)plan.Edits[0]).Replicas : before;

    private static PodAutoscalerStatus StatusOf(Plan plan) => ((PodAutoscaler)plan.Status!).Status;

    private static string Initialized(Plan plan) => StatusOf(plan).Conditions.Single(static c => c.Type == "ScaleTargetInitialized").Status;
}
