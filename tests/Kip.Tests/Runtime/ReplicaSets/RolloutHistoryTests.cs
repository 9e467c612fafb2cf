using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Kip.Runtime.ReplicaSets;
using Shouldly;

namespace Kip.Tests.Runtime.ReplicaSets;

public class RolloutHistoryTests
{
    private const string Revision = "deployment.kubernetes.io/revision";

    [Fact]
    public void Each_template_has_a_ReplicaSet_with_the_next_number_and_the_Deployment_says_which_is_in_force()
    {
        var world = new RolloutWorld(3);
        world.Settle();
        world.Sets.ShouldHaveSingleItem().Metadata.Annotations[Revision].ShouldBe("1");

        world.Change("v2", cause: "second");
        world.Settle();

        world.Sets.Length.ShouldBe(2);
        world.Set("v2").ShouldSatisfyAllConditions(static s => s.Metadata.Annotations[Revision].ShouldBe("2"), static s => s.Spec.Replicas.ShouldBe(3),
            static s => s.Metadata.Annotations["kubernetes.io/change-cause"].ShouldBe("second"));
        world.Set("v1").Spec.Replicas.ShouldBe(0);
        world.Deployment.Metadata.Annotations[Revision].ShouldBe("2");
    }

    [Fact]
    public void Going_back_takes_the_old_ReplicaSet_with_a_new_number()
    {
        var world = new RolloutWorld(2);
        world.Settle();
        world.Change("v2");
        world.Settle();
        world.Change("v1");
        world.Settle();

        world.Sets.Length.ShouldBe(2);
        world.Set("v1").ShouldSatisfyAllConditions(static s => s.Metadata.Annotations[Revision].ShouldBe("3"), static s => s.Spec.Replicas.ShouldBe(2),
            static s => s.Metadata.Annotations["deployment.kubernetes.io/revision-history"].ShouldBe("1"));
    }

    [Fact]
    public void No_more_old_ones_are_kept_than_the_limit_says()
    {
        var world = new RolloutWorld(1, static s => s with { RevisionHistoryLimit = 2 });
        foreach (var version in (string[])["v1", "v2", "v3", "v4", "v5"])
        {
            world.Change(version);
            world.Settle();
        }

        world.Sets.Select(static s => s.Metadata.Annotations[Revision]).ShouldBe(["3", "4", "5"], ignoreOrder: true);
    }

    [Fact]
    public void A_paused_Deployment_begins_no_rollout_and_is_scaled_all_the_same()
    {
        var world = new RolloutWorld(2);
        world.Settle();
        world.Change("v2", change: static s => s with { Paused = true, Replicas = 4 });
        world.Settle();

        world.Sets.ShouldHaveSingleItem().Spec.Replicas.ShouldBe(4);
        world.Pods.Length.ShouldBe(4);

        world.Change("v2", change: static s => s with { Paused = false });
        world.Settle();
        world.Set("v2").Spec.Replicas.ShouldBe(4);
    }

    [Fact]
    public void Scaled_in_the_midst_of_a_rollout_both_grow_in_proportion()
    {
        var world = new RolloutWorld(10, static s => s with { Strategy = Rolling(surge: 3, unavailable: 2) });
        world.Settle();
        world.Change("v2", ready: static _ => false);
        world.Settle();
        // Kubernetes' own example: 8 of the old, 5 of the new that never get ready.
        (world.Set("v1").Spec.Replicas, world.Set("v2").Spec.Replicas).ShouldBe((8, 5));

        world.Change("v2", change: static s => s with { Replicas = 15 });
        world.Settle();

        (world.Set("v1").Spec.Replicas, world.Set("v2").Spec.Replicas).ShouldBe((11, 7));
    }

    [Fact]
    public void An_old_pod_that_is_lost_while_the_new_do_not_get_ready_is_made_again()
    {
        var world = new RolloutWorld(4);
        world.Settle();
        world.Change("v2", ready: static _ => false);
        world.Settle();
        var before = world.PodsOf("v1").Length;

        world.Lose(world.PodsOf("v1")[0]);
        world.Settle();

        world.PodsOf("v1").Length.ShouldBe(before);
    }

    [Fact]
    public void Pods_of_an_earlier_platform_that_belong_to_the_Deployment_itself_are_replaced()
    {
        var world = new RolloutWorld(2);
        world.AddDirectPod("old-1");
        world.AddDirectPod("old-2");
        world.Settle();

        world.Pods.Length.ShouldBe(2);
        world.PodsOf("v1").Length.ShouldBe(2);
    }

    [Fact]
    public void A_ReplicaSet_claims_what_it_chooses_lets_go_what_it_does_not_and_leaves_pods_to_its_Deployment()
    {
        var set = new ReplicaSet
        {
            Metadata = new ObjectMeta { Name = "s", Namespace = "default", Uid = "s1" },
            Spec = new ReplicaSetSpec { Replicas = 3, Selector = new LabelSelector { MatchLabels = StringMap.Of(("app", "web")) } },
        };
        Pod PodOf(string name, string app, ReplicaSet? owner) => new()
        {
            Metadata = new ObjectMeta
            {
                Name = name, Namespace = "default", Labels = StringMap.Of(("app", app)), OwnerReferences = owner is null ? [] : [owner.ControllerReference()],
            },
        };
        Plan PlanOf(ReplicaSet of, params Pod[] orphans) => ReplicaSetPlanner.Plan(new ReplicaSetView
        {
            Set = of, Pods = [PodOf("mine", "web", of), PodOf("quarantined", "other", of)], Orphans = [.. orphans], Now = default,
            NewPods = new PodFactory("node", static () => "new"),
        });

        var claims = PlanOf(set, PodOf("orphan", "web", null)).Edits.OfType<Edit.Update>()
            .Select(static u => u.Object).ToDictionary(static o => o.Metadata.Name);
        claims["quarantined"].Metadata.OwnerReferences.ShouldBeEmpty();
        claims["orphan"].IsControlledBy(set).ShouldBeTrue();

        var owned = set with
        {
            Metadata = set.Metadata with { OwnerReferences = [new Deployment { Metadata = new ObjectMeta { Name = "d", Uid = "d1" } }.ControllerReference()] },
        };
        PlanOf(owned).Edits.OfType<Edit.Create>().ShouldBeEmpty();
        var status = ((ReplicaSet)PlanOf(owned).Status!).Status;
        (status.Replicas, status.FullyLabeledReplicas).ShouldBe((1, 1));
    }

    private static DeploymentStrategy Rolling(int surge, int unavailable) =>
        new() { Type = "RollingUpdate", RollingUpdate = new RollingUpdateDeployment { MaxSurge = surge, MaxUnavailable = unavailable } };
}
