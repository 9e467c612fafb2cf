using Kip.Rules.Scaling;
using Kip.Rules.Serving.Why;
using Shouldly;

namespace Kip.Tests.Serving.Why;

public class DiagnosticianTests
{
    private const string ConfigurationFails =
        "{ type: Ready, status: \"False\", reason: RevisionFailed }, { type: ConfigurationsReady, status: \"False\", reason: RevisionFailed, "
        + "message: it does not come up }, { type: RoutesReady, status: \"True\" }";

    private static string Text(Diagnosis diagnosis, WhyLink link) => string.Join('\n', diagnosis.Chain.Where(s => s.Link == link).Select(static s => s.Text));

    // The chain goes from effect to cause to remedy, whatever it is about.
    private static void InOrder(Diagnosis diagnosis) =>
        diagnosis.Chain.Where(static s => s.Link == WhyLink.Fix).ShouldBe(diagnosis.Chain.SkipWhile(static s => s.Link != WhyLink.Fix), "the fix comes last");

    [Fact]
    public void A_missing_image_is_named_with_what_to_do()
    {
        var told = new WhyBed
        {
            Conditions = ConfigurationFails, Container = null, Replicas = 0,
            RevisionConditions = "{ type: Ready, status: \"False\" }, { type: ContainerHealthy, status: \"False\", reason: ContainerMissing, "
                + "message: no such bundle }",
        }.Ask();

        told.IsTrouble.ShouldBeTrue();
        told.Verdict.ShouldBe("hello is not ready: Revision hello-00001 does not come up (ContainerMissing)");
        Text(told, WhyLink.Condition).ShouldContain("ContainerHealthy is False (ContainerMissing): no such bundle");
        Text(told, WhyLink.Setting).ShouldBe("spec.template.spec.containers[0].image is kip.local/hello");
        Text(told, WhyLink.Fix).ShouldContain("kip deploy DIR");
        InOrder(told);
    }

    [Fact]
    public void A_pod_without_a_place_is_told_with_what_it_lacks_and_what_decides()
    {
        var told = new WhyBed
        {
            Conditions = ConfigurationFails, Container = null,
            RevisionConditions = "{ type: Ready, status: \"False\" }, { type: ResourcesAvailable, status: \"False\", reason: Unschedulable, "
                + "message: \"0/1 nodes are available: 1 Insufficient cpu.\" }",
        }.Ask();

        told.Verdict.ShouldBe("hello is not ready: Revision hello-00001 does not come up (Unschedulable)");
        Text(told, WhyLink.Condition).ShouldContain("1 Insufficient cpu");
        Text(told, WhyLink.Setting).ShouldContain("resources.requests");
        Text(told, WhyLink.Fix).ShouldContain("status.allocatable");
        InOrder(told);
    }

    [Theory]
    [InlineData("", "ingress-class in config-network is nginx.example.com", "{\"ingress-class\":\"kip.ingress.networking.knative.dev\"}")]
    [InlineData("networking.knative.dev/ingress-class: nginx.example.com", "annotation networking.knative.dev/ingress-class",
        "kubectl annotate ksvc hello networking.knative.dev/ingress-class-")]
    public void An_ingress_that_another_gateway_should_serve_is_told_with_who_says_so(string annotations, string setting, string fix)
    {
        var told = new WhyBed
        {
            Conditions = "{ type: Ready, status: Unknown, reason: IngressNotConfigured }, { type: ConfigurationsReady, status: \"True\" }, "
                + "{ type: RoutesReady, status: Unknown, reason: IngressNotConfigured }",
            ServiceAnnotations = annotations, IngressClass = "nginx.example.com",
        }.Ask();

        told.IsTrouble.ShouldBeTrue();
        told.Verdict.ShouldBe("hello is not ready: its Ingress is of the class nginx.example.com, which is not this platform's to serve");
        Text(told, WhyLink.Setting).ShouldContain(setting);
        Text(told, WhyLink.Fix).ShouldContain(fix);
        InOrder(told);
    }

    [Fact]
    public void A_crash_is_told_with_its_exit_code_its_event_and_the_line_that_explains_it()
    {
        var told = new WhyBed
        {
            Conditions = ConfigurationFails,
            RevisionConditions = "{ type: Ready, status: \"False\" }, { type: ContainerHealthy, status: \"False\", reason: ExitCode3, message: "
                + "\"Container failed with: exit code 3\" }",
            Container = "name: user-container, restartCount: 4, state: { waiting: { reason: CrashLoopBackOff, message: back-off } }, lastState: { "
                + "terminated: { exitCode: 3 } }",
            PodReady = "False",
            Log = ["starting", "Unhandled exception: no database at db:5432", "   at Program.Main()", "bye"],
            Event = """
                apiVersion: v1
                kind: Event
                metadata: { name: e }
                type: Warning
                reason: BackOff
                count: 7
                message: Back-off restarting failed container
                involvedObject: { kind: Pod, name: hello-00001-deployment-1 }
                """,
        }.Ask();

        Text(told, WhyLink.Pods).ShouldContain("(CrashLoopBackOff), it last ended with exit code 3");
        Text(told, WhyLink.Event).ShouldBe("Pod hello-00001-deployment-1: BackOff, 7 times: Back-off restarting failed container");
        Text(told, WhyLink.Log).ShouldBe("Unhandled exception: no database at db:5432");
        Text(told, WhyLink.Fix).ShouldContain("kip logs hello");
        InOrder(told);
    }

    [Fact]
    public void A_program_that_runs_but_does_not_answer_is_told_which_probe_waits()
    {
        var told = new WhyBed
        {
            Conditions = "{ type: Ready, status: Unknown }, { type: ConfigurationsReady, status: Unknown, reason: Deploying }",
            RevisionConditions = "{ type: Ready, status: Unknown }, { type: ResourcesAvailable, status: Unknown, reason: Deploying }",
            Container = "name: user-container, ready: false, state: { running: { startedAt: \"2026-05-01T11:59:15Z\" } }", PodReady = "False",
        }.Ask();

        told.Verdict.ShouldContain("does not answer the readiness probe");
        Text(told, WhyLink.Pods).ShouldContain("has been running for 45 s");
        Text(told, WhyLink.Setting).ShouldContain("the port in $PORT must accept a connection");
    }

    [Theory]
    [InlineData("RevisionMissing", "kip traffic hello @latest=100")]
    [InlineData("NotOwned", "delete or rename")]
    [InlineData("NeverHeardOf", "kip describe hello")]
    public void Traffic_that_cannot_go_where_it_should_is_told_with_the_way_out(string reason, string fix)
    {
        var told = new WhyBed
        {
            Conditions = $"{{ type: Ready, status: \"False\", reason: {reason} }}, {{ type: ConfigurationsReady, status: \"True\" }}, {{ type: "
                + $"RoutesReady, status: \"False\", reason: {reason}, message: no such }}",
        }.Ask();

        told.Verdict.ShouldContain(reason);
        Text(told, WhyLink.Fix).ShouldContain(fix);
    }

    [Fact]
    public void A_service_that_is_well_is_asked_why_it_has_pods()
    {
        var told = new WhyBed { Decision = new(1, "concurrency averaged 0.2 over the stable window") }.Ask();

        told.IsTrouble.ShouldBeFalse();
        told.Verdict.ShouldContain("had requests within the last 60 s");
        Text(told, WhyLink.Pods).ShouldContain("the load calls for 1: concurrency averaged 0.2");
        Text(told, WhyLink.Setting).ShouldContain("the stable window is 60 s");
        (new WhyBed { Decision = new(0, "no requests over the stable window") }).Ask().Verdict.ShouldContain("has no requests now");
    }

    [Fact]
    public void One_that_sleeps_is_no_trouble()
    {
        var told = new WhyBed { Container = null, Replicas = 0, Active = "False" }.Ask();

        told.IsTrouble.ShouldBeFalse();
        told.Verdict.ShouldStartWith("hello sleeps");
    }

    [Fact]
    public void Min_scale_and_the_platforms_switch_are_found_to_keep_pods()
    {
        Text(new WhyBed { Annotations = "autoscaling.knative.dev/min-scale: \"2\"", Replicas = 2 }.Ask(WhyQuestion.ScaleToZero), WhyLink.Setting)
            .ShouldBe("autoscaling.knative.dev/min-scale on Revision hello-00001 is 2");
        Text(new WhyBed { Config = AutoscalerConfig.Default with { EnableScaleToZero = false } }.Ask(WhyQuestion.ScaleToZero), WhyLink.Setting)
            .ShouldContain("enable-scale-to-zero");
        new WhyBed { Active = "False", Config = AutoscalerConfig.Default with { ScaleToZeroPodRetention = TimeSpan.FromMinutes(1) } }
            .Ask(WhyQuestion.ScaleToZero)
            .Verdict.ShouldContain("keeps its last pod for a while");
    }

    [Fact]
    public void Max_scale_is_told_when_the_load_calls_for_more()
    {
        var pressed = new WhyBed
        {
            Annotations = "autoscaling.knative.dev/max-scale: \"2\"", Replicas = 2, Decision = new(9, "concurrency averaged 600"),
        };

        pressed.Ask().Verdict.ShouldBe("hello has as many pods as max-scale allows");
        Text(pressed.Ask(WhyQuestion.ScaleUp), WhyLink.Setting).ShouldBe("autoscaling.knative.dev/max-scale on Revision hello-00001 is 2");
        pressed.Ask(WhyQuestion.Slow).Verdict.ShouldContain("slow because it may not have more pods");
        (pressed with { Decision = new(1, "little") }).Ask(WhyQuestion.ScaleUp).IsTrouble.ShouldBeFalse();
    }

    [Fact]
    public void Requests_that_fail_for_want_of_a_ready_pod_lead_to_what_the_pod_says()
    {
        var told = new WhyBed
        {
            Container = "name: user-container, restartCount: 2, state: { waiting: { reason: CrashLoopBackOff } }, lastState: { terminated: { exitCode: 1 } }",
            PodReady = "False",
            Log = ["FATAL: disk full"],
        }.Ask();

        told.Verdict.ShouldBe("requests to hello wait or fail: Revision hello-00001 has no ready pod");
        Text(told, WhyLink.Log).ShouldBe("FATAL: disk full");
        new WhyBed().Ask(WhyQuestion.Unavailable).IsTrouble.ShouldBeFalse();
    }

    [Fact]
    public void A_slow_first_request_is_explained_by_the_pods_start()
    {
        var told = new WhyBed { Container = null, Replicas = 0, Active = "False" }.Ask(WhyQuestion.Slow);

        told.Verdict.ShouldContain("waits for a pod to start");
        Text(told, WhyLink.Fix).ShouldContain("min-scale=1");
        InOrder(told);
    }
}
