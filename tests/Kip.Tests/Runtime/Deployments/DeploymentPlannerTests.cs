using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Shouldly;

namespace Kip.Tests.Runtime.Deployments;

public class DeploymentPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static Deployment Of(int replicas, string image = "v1", Func<DeploymentSpec, DeploymentSpec>? change = null)
    {
        var spec = new DeploymentSpec
        {
            Replicas = replicas,
            Template = new PodTemplateSpec { Spec = new PodSpec { Containers = [new Container { Name = "app", Image = image }] } },
        };
        return new Deployment
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "u1", Generation = 1 },
            Spec = change?.Invoke(spec) ?? spec,
        };
    }

    private static Pod PodOf(string name, Deployment of, bool ready, int age = 100, Func<Pod, Pod>? change = null)
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = name, Namespace = "default", Uid = name, CreationTimestamp = Now.AddSeconds(-age),
                Labels = StringMap.Of((TemplateHash.Label, TemplateHash.Of(of.Spec.Template))),
                OwnerReferences = [SetOf(of, 0).ControllerReference()],
            },
            Spec = new PodSpec { NodeName = "node" },
            Status = new PodStatus
            {
                Phase = "Running",
                Conditions = [new Condition { Type = "Ready", Status = ready ? "True" : "False", LastTransitionTime = Now.AddSeconds(-age) }],
            },
        };
        return change?.Invoke(pod) ?? pod;
    }

    /// <summary>The ReplicaSet of a Deployment's template, as the planner itself would have made and last scaled it.</summary>
    private static ReplicaSet SetOf(Deployment of, int replicas)
    {
        var hash = TemplateHash.Of(of.Spec.Template);
        var labels = of.Spec.Template.Metadata.Labels.With(TemplateHash.Label, hash);
        return new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = "web-" + hash, Namespace = "default", Uid = "set-" + hash, Generation = 1, OwnerReferences = [of.ControllerReference()],
                Annotations = StringMap.Of(("deployment.kubernetes.io/revision", of.Spec.Template.Spec.Containers[0].Image == "v2" ? "2" : "1")),
            },
            Spec = new ReplicaSetSpec
            {
                Replicas = replicas, Template = of.Spec.Template with { Metadata = of.Spec.Template.Metadata with { Labels = labels } },
            },
        };
    }

    /// <summary>Plans with the ReplicaSets that these pods have: the present template's first, the others as they were last scaled.</summary>
    private static Plan Plan(
        Deployment deployment, IEnumerable<Pod> pods, DateTimeOffset? now = null, string? refused = null, Func<Pod, int>? requestsAt = null)
    {
        var number = 0;
        Pod[] all = [.. pods];
        int ActiveOf(Deployment of) => all.Count(p => p.Metadata.DeletionTimestamp is null && p.Status.Phase is not "Failed"
            && p.Metadata.Controller()?.Uid == SetOf(of, 0).Metadata.Uid);
        ReplicaSet[] sets = [SetOf(deployment, ActiveOf(deployment)), .. ((string[])["v0", "v1", "v2"])
            .Select(image => Of(0, image)).Where(of => TemplateHash.Of(of.Spec.Template) != TemplateHash.Of(deployment.Spec.Template) && ActiveOf(of) > 0)
            .Select(of => SetOf(of, ActiveOf(of)))];
        return DeploymentPlanner.Plan(new DeploymentView
        {
            Deployment = deployment, Sets = [.. sets], Pods = [.. all], Now = now ?? Now, CreateFailure = refused, RequestsAt = requestsAt,
            NewPods = new PodFactory("node", () => $"n{number++:0000}"),
        });
    }

    private static string[] Deleted(Plan plan) =>
        [.. plan.Edits.OfType<Edit.Delete>().Where(static d => d.Object is Pod).Select(static d => d.Object.Metadata.Name)];

    private static int Created(Plan plan) => plan.Edits.OfType<Edit.Create>().Count(static c => c.Object is Pod);

    /// <summary>Whether the plan touches pods.</summary>
    private static bool ChangesPods(Plan plan) => Created(plan) > 0 || Deleted(plan).Length > 0;

    private static DeploymentStatus Status(Plan plan) => ((Deployment)plan.Status!).Status;

    private static Condition? Find(Plan plan, string type) => Status(plan).Conditions.FirstOrDefault(c => c.Type == type);

    [Fact]
    public void Idle_pods_go_before_busy_ones_and_those_that_are_not_ready_before_both()
    {
        var deployment = Of(1);
        Pod[] pods = [PodOf("busy", deployment, ready: true, age: 10), PodOf(
            "idle", deployment, ready: true), PodOf("calm", deployment, ready: true), PodOf("ill", deployment, ready: false)];
        int Requests(Pod pod) => pod.Metadata.Name switch { "busy" => 7, "calm" => 1, _ => 0 };

        Deleted(Plan(deployment, pods, requestsAt: Requests)).ShouldBe(["ill", "idle", "calm"]);
        Deleted(Plan(deployment, pods))[1].ShouldBe("busy", "where nobody counts, the youngest goes");
    }

    [Fact]
    public void Missing_pods_are_made_on_this_node_owned_by_the_ReplicaSet_and_labelled_with_the_template()
    {
        var deployment = Of(2);

        var plan = Plan(deployment, []);

        Created(plan).ShouldBe(2);
        var pod = (Pod)plan.Edits.OfType<Edit.Create>().First().Object;
        pod.Metadata.Name.ShouldBe($"web-{TemplateHash.Of(deployment.Spec.Template)}-n0000");
        pod.Spec.NodeName.ShouldBe("node");
        pod.Metadata.Labels[TemplateHash.Label].ShouldBe(TemplateHash.Of(deployment.Spec.Template));
        pod.Metadata.OwnerReferences[0].ShouldSatisfyAllConditions(
            o => o.Uid.ShouldBe(SetOf(deployment, 0).Metadata.Uid), static o => o.Controller.ShouldBe(true), static o => o.Kind.ShouldBe("ReplicaSet"));
    }

    [Fact]
    public void A_port_is_published_only_on_pods_that_serve_as_processes()
    {
        static Deployment Serving(string image) => Of(1, change: s => s with
        {
            Template = new PodTemplateSpec
            {
                Spec = new PodSpec { Containers = [new Container { Name = "a", Image = image, Ports = [new ContainerPort { ContainerPortNumber = 8080 }] }] },
            },
        });

        string? PortOf(Deployment d) => ((Pod)((Edit.Create)DeploymentPlanner.Plan(new DeploymentView
        {
            Deployment = d, Sets = [SetOf(d, 0)], Pods = [], Now = Now,
            NewPods = new PodFactory("node", static () => "x", static spec => spec.Containers[0].Image == "bundle" ? 23456 : null),
        }).Edits[0]).Object).Metadata.Annotations.Get("kip.dev/port");

        PortOf(Serving("bundle")).ShouldBe("23456");
        PortOf(Serving("docker.io/library/nginx")).ShouldBeNull();
        PortOf(Of(1, "bundle")).ShouldBeNull();
    }

    [Fact]
    public void Surplus_pods_go_unready_first_then_ready_for_the_shortest_time()
    {
        var deployment = Of(1);
        Pod[] pods =
        [
            PodOf("old-ready", deployment, ready: true, age: 500), PodOf("young-ready", deployment, ready: true, age: 10),
            PodOf("unready", deployment, ready: false, age: 900),
        ];

        Deleted(Plan(deployment, pods)).ShouldBe(["unready", "young-ready"]);
        Deleted(Plan(Of(2), pods)).ShouldBe(["unready"]);
    }

    [Fact]
    public void Cheap_pods_go_before_dear_ones()
    {
        var deployment = Of(1);
        var dear = PodOf("dear", deployment, ready: true, age: 1, static p => p with
        {
            Metadata = p.Metadata with { Annotations = StringMap.Of(("controller.kubernetes.io/pod-deletion-cost", "10")) },
        });

        Deleted(Plan(deployment, [dear, PodOf("cheap", deployment, ready: true, age: 500)])).ShouldBe(["cheap"]);
    }

    [Fact]
    public void Scaling_to_zero_deletes_all_whatever_their_template()
    {
        var old = Of(2, "v0");

        Deleted(Plan(Of(0), [PodOf("a", Of(0), true), PodOf("b", old, true)])).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Fact]
    public void A_rollout_makes_no_more_than_the_surge_allows_and_keeps_what_serves()
    {
        var (old, now) = (Of(4, "v1"), Of(4, "v2"));
        Pod[] pods = [.. Enumerable.Range(0, 4).Select(i => PodOf($"old{i}", old, ready: true))];

        var first = Plan(now, pods);

        Created(first).ShouldBe(1);
        // A quarter may be missing: one goes at once.
        Deleted(first).Length.ShouldBe(1);
        Find(first, "Progressing")!.Reason.ShouldBe("NewReplicaSetCreated");
    }

    [Fact]
    public void With_nothing_to_spare_an_old_pod_stays_until_a_new_one_is_ready()
    {
        static DeploymentSpec Strict(DeploymentSpec s) => s with
        {
            Strategy = new DeploymentStrategy { RollingUpdate = new RollingUpdateDeployment { MaxUnavailable = 0, MaxSurge = 1 } },
        };
        var (old, now) = (Of(1, "v1", Strict), Of(1, "v2", Strict));
        var serving = PodOf("old", old, ready: true);

        var starting = Plan(now, [serving]);
        (Created(starting), Deleted(starting).Length).ShouldBe((1, 0));
        ChangesPods(Plan(now, [serving, PodOf("new", now, ready: false)])).ShouldBeFalse();
        Deleted(Plan(now, [serving, PodOf("new", now, ready: true)])).ShouldBe(["old"]);
    }

    [Fact]
    public void Old_pods_that_serve_nobody_go_first()
    {
        var (old, now) = (Of(2, "v1"), Of(2, "v2"));

        Deleted(Plan(now, [PodOf("broken", old, ready: false), PodOf("fine", old, ready: true), PodOf("new", now, ready: true)]))
            .ShouldBe(["broken"]);
    }

    [Fact]
    public void Recreate_ends_all_old_pods_before_it_makes_a_new_one()
    {
        static DeploymentSpec Recreate(DeploymentSpec s) => s with { Strategy = new DeploymentStrategy { Type = "Recreate" } };
        var (old, now) = (Of(2, "v1", Recreate), Of(2, "v2", Recreate));
        Pod[] pods = [PodOf("a", old, true), PodOf("b", old, true)];

        var first = Plan(now, pods);
        (Created(first), Deleted(first).Length).ShouldBe((0, 2));
        var leaving = pods.Select(static p => p with { Metadata = p.Metadata with { DeletionTimestamp = Now } });
        ChangesPods(Plan(now, leaving)).ShouldBeFalse();
        Created(Plan(now, [])).ShouldBe(2);
    }

    [Fact]
    public void A_paused_rollout_makes_no_new_pods()
    {
        var (old, now) = (Of(2, "v1"), Of(2, "v2", static s => s with { Paused = true }));

        var plan = Plan(now, [PodOf("a", old, true), PodOf("b", old, true)]);

        ChangesPods(plan).ShouldBeFalse();
        Find(plan, "Progressing")!.Reason.ShouldBe("DeploymentPaused");
    }

    [Fact]
    public void Pods_that_ended_for_good_are_replaced_and_collected()
    {
        var deployment = Of(1);
        var failed = PodOf("failed", deployment, false, change: static p => p with { Status = p.Status with { Phase = "Failed" } });

        var plan = Plan(deployment, [failed]);

        (Created(plan), Deleted(plan)).Item1.ShouldBe(1);
        Deleted(plan).ShouldBe(["failed"]);
    }

    [Fact]
    public void The_status_counts_and_says_whether_enough_are_available()
    {
        var deployment = Of(2);

        var half = Plan(deployment, [PodOf("a", deployment, true), PodOf("b", deployment, false)]);

        Status(half).ShouldSatisfyAllConditions(
            static s => s.ObservedGeneration.ShouldBe(1), static s => s.Replicas.ShouldBe(2), static s => s.UpdatedReplicas.ShouldBe(2),
            static s => s.ReadyReplicas.ShouldBe(1), static s => s.AvailableReplicas.ShouldBe(1), static s => s.UnavailableReplicas.ShouldBe(1));
        Find(half, "Available")!.ShouldSatisfyAllConditions(
            static c => c.Status.ShouldBe("False"), static c => c.Reason.ShouldBe("MinimumReplicasUnavailable"));
        var whole = Plan(deployment, [PodOf("a", deployment, true), PodOf("b", deployment, true)]);
        Find(whole, "Available")!.Reason.ShouldBe("MinimumReplicasAvailable");
        Find(whole, "Progressing")!.Reason.ShouldBe("NewReplicaSetAvailable");
    }

    [Fact]
    public void A_rollout_that_makes_no_progress_exceeds_its_deadline_and_recovers()
    {
        var deployment = Of(1, change: static s => s with { ProgressDeadlineSeconds = 60 });
        var stuck = PodOf("a", deployment, ready: false);
        var began = Plan(deployment, []);
        deployment = (Deployment)began.Status!;
        var created = Plan(deployment, [stuck], Now.AddSeconds(1));
        deployment = (Deployment)created.Status!;
        created.RequeueAfter.ShouldBe(TimeSpan.FromSeconds(60));

        var late = Plan(deployment, [stuck], Now.AddSeconds(61));

        Find(late, "Progressing")!.ShouldSatisfyAllConditions(
            static c => c.Status.ShouldBe("False"), static c => c.Reason.ShouldBe("ProgressDeadlineExceeded"),
            static c => c.Message!.ShouldMatch("^ReplicaSet \"web-.*\" has timed out progressing.$"));
        late.RequeueAfter.ShouldBeNull();
        Find(Plan((Deployment)late.Status!, [PodOf("a", deployment, ready: true)], Now.AddSeconds(90)), "Progressing")!.Status.ShouldBe("True");
    }

    [Fact]
    public void A_finished_rollout_is_not_undone_by_a_slow_wake_up()
    {
        var deployment = Of(0, change: static s => s with { ProgressDeadlineSeconds = 1 });
        deployment = (Deployment)Plan(deployment, []).Status!;
        deployment.Status.Conditions.First(static c => c.Type == "Progressing").Reason.ShouldBe("NewReplicaSetAvailable");
        deployment = deployment with { Spec = deployment.Spec with { Replicas = 1 } };

        var plan = Plan(deployment, [PodOf("a", deployment, ready: false)], Now.AddHours(1));

        Find(plan, "Progressing")!.Reason.ShouldBe("NewReplicaSetAvailable");
    }

    [Fact]
    public void A_refused_pod_is_reported_before_it_is_tried_again()
    {
        var plan = Plan(Of(1), [], refused: "pods \"web-x\" is forbidden: no");

        plan.Edits.Select(static e => e.GetType().Name).ShouldBe(["Update", "UpdateStatus", "Create"]);
        Find(plan, "ReplicaFailure")!.ShouldSatisfyAllConditions(
            static c => c.Reason.ShouldBe("FailedCreate"), static c => c.Message.ShouldBe("pods \"web-x\" is forbidden: no"));
        Find(Plan((Deployment)plan.Status!, []), "ReplicaFailure").ShouldBeNull();
    }

    [Fact]
    public void A_pod_that_is_refused_again_is_no_news_though_it_has_another_name()
    {
        var refused = (Deployment)Plan(Of(1), [], refused: "pods \"web-x\" is forbidden: exceeded quota").Status!;

        var again = Plan(refused, [], refused: "pods \"web-y\" is forbidden: exceeded quota");
        var otherwise = Plan(refused, [], refused: "pods \"web-y\" is forbidden: not allowed");

        // Whoever is told of a change looks again at once: news each time would be tried again without a pause.
        again.Edits.OfType<Edit.UpdateStatus>().ShouldBeEmpty();
        Find(again, "ReplicaFailure")!.Message.ShouldBe("pods \"web-x\" is forbidden: exceeded quota");
        Find(otherwise, "ReplicaFailure")!.Message.ShouldBe("pods \"web-y\" is forbidden: not allowed");
    }

    /// <summary>Any mix of pods, stepped with each created pod becoming ready sooner or later.</summary>
    [Fact]
    public void From_any_state_it_comes_to_rest_with_the_wanted_pods_and_never_below_the_minimum()
    {
        var input = Gen.Choose(0, 7).Zip(Gen.Choose(0, 5)).Zip(Gen.Choose(0, 5)).Zip(Gen.Choose(0, 9).ListOf(64)).ToArbitrary();
        Prop.ForAll(input, static x =>
        {
            var (((replicas, olds), news), dice) = (x.Item1, x.Item2);
            return ComesToRest(replicas, olds, news, [.. dice]);
        }).QuickCheckThrowOnFailure();
    }

    private static bool ComesToRest(int replicas, int olds, int news, int[] dice)
    {
        var (old, now) = (Of(replicas, "v1"), Of(replicas, "v2"));
        var pods = Enumerable.Range(0, olds).Select(i => PodOf($"o{i}", old, ready: dice[i] > 2))
            .Concat(Enumerable.Range(0, news).Select(i => PodOf($"n{i}", now, ready: dice[8 + i] > 2))).ToImmutableArray();
        var least = Math.Min(replicas - replicas / 4, pods.Count(static p => p.IsReady));
        for (var round = 0; round < 100; round++)
        {
            var plan = Plan(now, pods);
            var deleted = Deleted(plan).ToHashSet();
            // Order-blind, and no delete of what was not read.
            Deleted(Plan(now, pods.Reverse())).ToHashSet().SetEquals(deleted).ShouldBeTrue();
            deleted.ShouldBeSubsetOf(pods.Select(static p => p.Metadata.Name));
            now = (Deployment)plan.Status!;
            if (!ChangesPods(plan) && pods.All(static p => p.IsReady)) break;
            var made = round;
            pods = [.. pods.Where(p => !deleted.Contains(p.Metadata.Name)),
                .. Enumerable.Range(0, Created(plan)).Select(i => PodOf($"r{made}-{i}", now, ready: false))];
            pods.Count(static p => p.IsReady).ShouldBeGreaterThanOrEqualTo(least);
            pods.Length.ShouldBeLessThanOrEqualTo(Math.Max(olds + news, replicas + (replicas + 3) / 4));
            // One more pod of the new template becomes ready.
            var next = pods.FirstOrDefault(p => !p.IsReady && dice[(round * 7 + 3) % dice.Length] > 1);
            if (next is not null) pods = pods.Replace(next, PodOf(next.Metadata.Name, next.Metadata.Labels == Label(old) ? old : now, ready: true));
            least = Math.Max(least, Math.Min(replicas - replicas / 4, pods.Count(static p => p.IsReady)));
        }
        return pods.Length == replicas && pods.All(p => p.Metadata.Labels == Label(now)) && !ChangesPods(Plan(now, pods));
    }

    private static StringMap Label(Deployment of) => StringMap.Of((TemplateHash.Label, TemplateHash.Of(of.Spec.Template)));
}
