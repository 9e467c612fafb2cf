using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Revisions;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving;

public class RevisionPlannerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    internal static RevisionView Seen(Func<RevisionSpec, RevisionSpec>? change = null)
    {
        var world = new ServingWorld();
        world.Apply(change is null ? Ksvc.Make() : Ksvc.Make().With(change));
        world.Settle();
        return new RevisionView
        {
            Revision = world.Get<Revision>("hello-00001"),
            Deployment = world.Get<Deployment>("hello-00001-deployment"),
            PodAutoscaler = world.Get<PodAutoscaler>("hello-00001"),
            Now = Noon,
        };
    }

    [Fact]
    public void What_a_name_was_found_to_stand_for_is_written_down_at_once_and_other_steps_may_wait()
    {
        var seen = Seen();
        var fresh = seen with { Revision = seen.Revision with { Status = new() }, Deployment = null, PodAutoscaler = null };

        RevisionPlanner.Plan(fresh).StatusWithin.ShouldBe(Plan.WhileOnItsWay);
        RevisionPlanner.Plan(fresh with { Digests = StringMap.Of(("kip.local/hello", $"kip.local/hello@{Ksvc.Digest}")) }).StatusWithin.ShouldBeNull();
    }

    private static Deployment Made(Func<RevisionSpec, RevisionSpec>? change = null) => Seen(change).Deployment!;

    private static string Show(Plan plan, string type) =>
        ((Revision)plan.Status!).Status.Conditions.Find(type) is { } c ? $"{c.Status} {c.Reason} {c.Message}".TrimEnd() : "absent";

    private static RevisionView With(
        RevisionView seen, string? progressing = "True", string? reason = null, int ready = 0, int replicas = 1, params Condition[] more) => seen with
    {
        Deployment = seen.Deployment! with
        {
            Spec = seen.Deployment.Spec with { Replicas = replicas },
            Status = new DeploymentStatus
            {
                ReadyReplicas = ready,
                AvailableReplicas = ready,
                Conditions = progressing is null ? [.. more] : [Hands.Of("Progressing", progressing, reason, "the deployment's words"), .. more],
            },
        },
    };

    private static RevisionView Scaled(RevisionView seen, string ready, string initialized, string? reason = null) => seen with
    {
        PodAutoscaler = seen.PodAutoscaler! with
        {
            Status = new PodAutoscalerStatus
            {
                ActualScale = -1,
                DesiredScale = 3,
                Conditions = [Hands.Of("Ready", ready, reason), Hands.Of("ScaleTargetInitialized", initialized)],
            },
        },
    };

    private static Pod Pod(string name, ContainerState? state = null, ContainerState? last = null, params Condition[] conditions) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Status = new PodStatus
        {
            Conditions = [.. conditions], ContainerStatuses = [new ContainerStatus { Name = "user-container", State = state, LastState = last }],
        },
    };

    private static ContainerState Ended(int code, string? message = null) =>
        new() { Terminated = new ContainerStateTerminated { ExitCode = code, Message = message } };

    private static ContainerState Waits(string reason) => new() { Waiting = new ContainerStateWaiting { Reason = reason, Message = "why" } };

    [Theory]
    [InlineData(null, null, "Unknown", "Unknown", "Unknown Deploying")]
    [InlineData("Unknown", null, "Unknown", "Unknown", "Unknown  the deployment's words")]
    [InlineData("True", null, "Unknown", "Unknown", "Unknown Deploying")]
    [InlineData("True", null, "True", "True", "True")]
    [InlineData("True", null, "False", "True", "True")]
    [InlineData("True", null, "False", "Unknown", "False ProgressDeadlineExceeded Initial scale was never achieved")]
    [InlineData("False", "ProgressDeadlineExceeded", "Unknown", "Unknown", "False ProgressDeadlineExceeded the deployment's words")]
    [InlineData("False", "ProgressDeadlineExceeded", "False", "Unknown", "False ProgressDeadlineExceeded the deployment's words")]
    public void ResourcesAvailable_follows_the_deployment_and_the_autoscaler(
        string? progressing, string? reason, string ready, string initialized, string expected) =>
        Show(RevisionPlanner.Plan(Scaled(With(Seen(), progressing, reason), ready, initialized)), "ResourcesAvailable").ShouldBe(expected);

    [Fact]
    public void Pods_that_cannot_be_made_fail_the_revision_at_once() =>
        Show(RevisionPlanner.Plan(With(Seen(), more: Hands.Of("ReplicaFailure", "True", "FailedCreate", "exceeded quota"))), "Ready")
            .ShouldBe("False FailedCreate exceeded quota");

    [Fact]
    public void Active_mirrors_the_autoscaler_and_scales_below_zero_are_not_shown()
    {
        var plan = RevisionPlanner.Plan(Scaled(With(Seen()), "False", "True", "NoTraffic"));

        Show(plan, "Active").ShouldBe("False NoTraffic");
        var status = ((Revision)plan.Status!).Status;
        (status.ActualReplicas, status.DesiredReplicas).ShouldBe((null, 3));
    }

    [Fact]
    public void A_crash_counts_at_once_and_says_with_which_code()
    {
        var seen = With(Seen()) with { Pods = [Pod("p", Waits("CrashLoopBackOff"), Ended(3, "no database"))] };

        Show(RevisionPlanner.Plan(seen), "ContainerHealthy").ShouldBe("False ExitCode3 Container failed with: no database");
    }

    [Theory]
    [InlineData(0, "Container failed with: container exited with no error")]
    [InlineData(137, "Container failed with: exit code 137, no message; see its log")]
    public void A_crash_without_words_is_put_into_words(int code, string expected)
    {
        var seen = With(Seen()) with { Pods = [Pod("p", Ended(code))] };

        Show(RevisionPlanner.Plan(seen), "ContainerHealthy").ShouldBe($"False ExitCode{code} {expected}");
    }

    [Theory]
    [InlineData("True", null, "Unknown Deploying")]
    [InlineData("False", "ProgressDeadlineExceeded", "False ImagePullBackOff why")]
    public void A_container_that_waits_counts_only_when_the_deployment_has_timed_out(string progressing, string? reason, string expected)
    {
        var seen = With(Seen(), progressing, reason) with { Pods = [Pod("p", Waits("ImagePullBackOff"))] };

        Show(RevisionPlanner.Plan(seen), "ResourcesAvailable").ShouldBe(expected);
    }

    [Theory]
    [InlineData(false, "False Unschedulable no room")]
    [InlineData(true, "Unknown Deploying")]
    public void A_pod_that_cannot_be_placed_fails_the_revision_unless_the_cluster_grows(bool always, string expected)
    {
        var seen = With(Seen()) with
        {
            Pods = [Pod("p", conditions: Hands.Of("PodScheduled", "False", "Unschedulable", "no room"))],
            Config = ServingConfig.Default with { Deployment = new DeploymentConfig { PodIsAlwaysSchedulable = always } },
        };

        Show(RevisionPlanner.Plan(seen), "ResourcesAvailable").ShouldBe(expected);
    }

    [Fact]
    public void A_crash_is_forgiven_when_a_pod_becomes_ready_and_pods_on_their_way_out_say_nothing()
    {
        var crashed = With(Seen()) with { Pods = [Pod("p", Waits("CrashLoopBackOff"), Ended(3))] };
        var failed = (Revision)RevisionPlanner.Plan(crashed).Status!;

        var recovered = Scaled(With(crashed with { Revision = failed }, ready: 1), "True", "True");
        Show(RevisionPlanner.Plan(recovered), "Ready").ShouldBe("True");

        var leaving = Pod("p", Ended(143));
        leaving = leaving with { Metadata = leaving.Metadata with { DeletionTimestamp = Noon } };
        Show(RevisionPlanner.Plan(With(Seen()) with { Pods = [leaving] }), "ContainerHealthy").ShouldBe("Unknown Deploying");
    }

    [Fact]
    public void A_revision_that_was_up_is_false_again_only_while_pods_are_wanted_and_none_is_there()
    {
        var up = Scaled(With(Seen(), ready: 1), "True", "True");
        var ready = (Revision)RevisionPlanner.Plan(up).Status!;
        var crash = Pod("p", Waits("CrashLoopBackOff"), Ended(1));

        Show(RevisionPlanner.Plan(Scaled(With(up with { Revision = ready, Pods = [crash] }), "True", "True")), "Ready").ShouldStartWith("False ExitCode1");
        Show(RevisionPlanner.Plan(Scaled(With(up with { Revision = ready, Pods = [crash] }, replicas: 0), "False", "True")), "Ready").ShouldBe("True");
    }

    [Fact]
    public void A_recovery_is_announced_once_and_a_first_readiness_is_not()
    {
        var seen = Scaled(With(Seen(), ready: 1), "True", "True");
        RevisionPlanner.Plan(seen).Edits.ShouldBeEmpty();
        var failed = (Revision)RevisionPlanner.Plan(With(seen) with { Pods = [Pod("p", Ended(3))] }).Status!;

        seen = seen with { Revision = failed };
        var plan = RevisionPlanner.Plan(seen);
        plan.Edits.OfType<Edit.Record>().Single().Reason.ShouldBe("RevisionReady");
        RevisionPlanner.Plan(seen with { Revision = (Revision)plan.Status! }).Edits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("PodAutoscaler")]
    public void Somebody_elses_object_under_the_name_is_left_alone(string kind)
    {
        var seen = With(Seen());
        seen = kind == "Deployment"
            ? seen with { Deployment = seen.Deployment! with { Metadata = seen.Deployment.Metadata with { OwnerReferences = [] } } }
            : seen with { PodAutoscaler = seen.PodAutoscaler! with { Metadata = seen.PodAutoscaler.Metadata with { OwnerReferences = [] } } };

        var plan = RevisionPlanner.Plan(seen);
        plan.Edits.ShouldBeEmpty();
        Show(plan, "Ready").ShouldStartWith($"False NotOwned There is an existing {kind} \"hello-00001");
    }

    [Fact]
    public void The_pod_gets_the_runtime_contract()
    {
        var container = Made(static s => s with { TimeoutSeconds = 42 }).Spec.Template.Spec.Containers.Single();

        container.Name.ShouldBe("user-container");
        container.Env.Select(static e => $"{e.Name}={e.Value}").ShouldBe(["PORT=8080", "K_REVISION=hello-00001", "K_CONFIGURATION=hello", "K_SERVICE=hello"]);
        container.Ports.ShouldBe([new ContainerPort { Name = "user-port", ContainerPortNumber = 8080, Protocol = "TCP" }]);
        container.ReadinessProbe!.TcpSocket!.Port.ShouldBe(8080);
        container.TerminationMessagePolicy.ShouldBe("FallbackToLogsOnError");
        Made(static s => s with { TimeoutSeconds = 42 }).Spec.Template.Spec.TerminationGracePeriodSeconds.ShouldBe(42);
    }

    [Fact]
    public void A_named_port_and_its_probes_become_the_port_of_the_pod()
    {
        var container = Made(static s => s with
        {
            Containers =
            [
                s.Containers[0] with
                {
                    Ports = [new ContainerPort { Name = "h2c", ContainerPortNumber = 9000 }],
                    LivenessProbe = new Probe { HttpGet = new HttpGetAction { Path = "/live", Port = 1234 } },
                    ReadinessProbe = new Probe { HttpGet = new HttpGetAction { Path = "/ready", Port = "h2c" } },
                },
            ],
        }).Spec.Template.Spec.Containers.Single();

        container.Ports[0].ContainerPortNumber.ShouldBe(9000);
        container.LivenessProbe!.HttpGet!.Port.ShouldBe(9000);
        container.ReadinessProbe!.HttpGet!.Port.ShouldBe(9000);
        Seen(static s => s with
        {
            Containers = [s.Containers[0] with { Ports = [new ContainerPort { Name = "h2c" }] }],
        }).PodAutoscaler!.Spec.ProtocolType.ShouldBe("h2c");
    }

    [Fact]
    public void A_sidecar_keeps_its_own_port_variable_and_gets_only_the_identity()
    {
        var containers = Made(static s => s with
        {
            Containers =
            [
                s.Containers[0] with { Ports = [new ContainerPort { ContainerPortNumber = 8888 }] },
                new Container { Image = s.Containers[0].Image, Env = [new EnvVar { Name = "PORT", Value = "1" }] },
            ],
        }).Spec.Template.Spec.Containers;

        containers.Select(static c => c.Name).ShouldBe(["user-container-0", "user-container-1"]);
        containers[0].Env[0].ShouldBe(new EnvVar { Name = "PORT", Value = "8888" });
        containers[1].Env.Select(static e => e.Name).ShouldBe(["PORT", "K_REVISION", "K_CONFIGURATION", "K_SERVICE"]);
        containers[1].ReadinessProbe.ShouldBeNull();
    }

    [Fact]
    public void Foreign_changes_to_the_deployment_survive_until_the_revision_asks_for_something_else()
    {
        var seen = With(Seen());
        var touched = seen.Deployment! with
        {
            Metadata = seen.Deployment.Metadata with { Labels = seen.Deployment.Metadata.Labels.With("mine", "1") },
            Spec = seen.Deployment.Spec with { Replicas = 7, ProgressDeadlineSeconds = 1 },
        };
        RevisionPlanner.Plan(seen with { Deployment = touched }).Edits.ShouldBeEmpty();

        var slower = ServingConfig.Default with { Deployment = new DeploymentConfig { ProgressDeadline = TimeSpan.FromSeconds(60) } };
        var update = (Deployment)RevisionPlanner.Plan(seen with { Deployment = touched, Config = slower }).Edits.OfType<Edit.Update>().Single().Object;
        update.Spec.ProgressDeadlineSeconds.ShouldBe(60);
        update.Spec.Replicas.ShouldBe(7);
        update.Metadata.Labels["mine"].ShouldBe("1");
        RevisionPlanner.Plan(seen with { Deployment = update, Config = slower }).Edits.ShouldBeEmpty();
    }

    [Fact]
    public void A_tagged_image_runs_as_written_and_a_digest_is_recorded()
    {
        var tagged = Seen(static s => s with { Containers = [s.Containers[0] with { Image = "docker.io/library/web:1" }] });
        tagged.Revision.Status.ContainerStatuses.ShouldBe([new RevisionContainerStatus { Name = "user-container" }]);
        tagged.Deployment!.Spec.Template.Spec.Containers[0].Image.ShouldBe("docker.io/library/web:1");

        Seen().Revision.Status.ContainerStatuses.Single().ImageDigest.ShouldBe($"kip.local/hello@{Ksvc.Digest}");
    }

    [Fact]
    public void Annotations_of_scaling_and_routing_stay_off_the_deployment_and_those_of_scaling_are_the_autoscalers()
    {
        var world = new ServingWorld();
        world.Apply(Ksvc.Make().Annotated("autoscaling.knative.dev/max-scale", "3").Annotated("serving.knative.dev/no-gc", "true").Annotated("note", "x"));
        world.Settle();

        foreach (var metadata in (ObjectMeta[])[world.Get<Deployment>(
            "hello-00001-deployment").Metadata, world.Get<Deployment>("hello-00001-deployment").Spec.Template.Metadata])
        {
            metadata.Annotations.Select(static a => a.Key)
                .ShouldNotContain(static k => k.StartsWith("autoscaling.") || k.EndsWith("no-gc") || k.Contains("routes") || k.Contains("routingState"));
            metadata.Annotations["note"].ShouldBe("x");
            metadata.Labels.ContainsKey(ServingLabels.RoutingState).ShouldBeFalse();
            metadata.Labels["app"].ShouldBe("hello-00001");
        }
        world.Get<Deployment>("hello-00001-deployment").Spec.Template.Metadata.Annotations["kubectl.kubernetes.io/default-container"]
            .ShouldBe("user-container");
        var autoscaler = world.Get<PodAutoscaler>("hello-00001");
        autoscaler.Metadata.Annotations["autoscaling.knative.dev/max-scale"].ShouldBe("3");
        autoscaler.Metadata.Annotations.ContainsKey("note").ShouldBeFalse();
    }

    [Fact]
    public void The_address_of_the_logs_is_the_platforms_template()
    {
        var seen = Seen();
        var config = ServingConfig.From(new(
            new Dictionary<string, StringMap> { ["config-observability"] = StringMap.Of(("logging.revision-url-template", "http://logs/${REVISION_UID}")) }));

        ((Revision)RevisionPlanner.Plan(seen with { Config = config }).Status!).Status.LogUrl.ShouldBe("http://logs/revision-hello-00001");
        ((Revision)RevisionPlanner.Plan(seen).Status!).Status.LogUrl.ShouldBeNull();
    }

    [Fact]
    public void The_deadline_for_progress_is_the_templates_or_the_platforms()
    {
        Made().Spec.ProgressDeadlineSeconds.ShouldBe(600);
        var world = new ServingWorld();
        world.Apply(Ksvc.Make().Annotated(ServingAnnotations.ProgressDeadline, "42s"));
        world.Settle();
        world.Get<Deployment>("hello-00001-deployment").Spec.ProgressDeadlineSeconds.ShouldBe(42);
    }

    [Fact]
    public void Nobody_is_told_to_reach_a_revision_that_cannot_run_or_is_not_routed()
    {
        var seen = Seen();
        Reachability(seen).ShouldBe("Reachable");
        var crashed = With(seen) with { Pods = [Pod("p", Ended(3))] };
        Reachability(crashed).ShouldBe("Unreachable", "its pods are wanted, and none is ready");
        Reachability(Routed(RoutingStates.Reserve)).ShouldBe("Unreachable");
        Reachability(Routed(RoutingStates.Pending)).ShouldBeNullOrEmpty();

        RevisionView Routed(string state) => seen with
        {
            Revision = seen.Revision with
            {
                Metadata = seen.Revision.Metadata with { Labels = seen.Revision.Metadata.Labels.With(ServingLabels.RoutingState, state) },
            },
        };
        static string? Reachability(RevisionView view) =>
            (RevisionPlanner.Plan(view).Edits.OfType<Edit.Update>().Select(static e => e.Object).OfType<PodAutoscaler>().SingleOrDefault()
                ?? view.PodAutoscaler!).Spec.Reachability;
    }
}
