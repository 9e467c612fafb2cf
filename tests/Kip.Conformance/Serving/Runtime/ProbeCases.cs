using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Conformance.Serving.Runtime;

/// <summary>Readiness, liveness and startup probes, and what a request sees of them.</summary>
internal static class ProbeCases
{
    // Long enough that a probe which is not asked, or asked only once, is found out.
    private const string ReadyLate = """{ name: READY_DELAY, value: "700" }""";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "serving/runtime/probe-http", "An httpGet readiness probe, with a period of 0 and of 1 s, holds requests back until it passes",
            "TestProbeRuntime (httpGet)",
            target => ReadinessAsync(target, "httpGet: { path: /healthz/readiness }")),
        new(
            "serving/runtime/probe-tcp", "A tcpSocket readiness probe does the same", "TestProbeRuntime (tcpSocket)",
            target => ReadinessAsync(target, "tcpSocket: {}")),
        new(
            "serving/runtime/probe-exec", "An exec readiness probe does the same", "TestProbeRuntime (exec)",
            target => ReadinessAsync(target, "exec: { command: [\"test\", \"-d\", \"/\"] }")),
        new(
            "serving/runtime/probe-query", "An httpGet probe may have a query", "TestReadinessPathAndQuery",
            target => ReadinessAsync(target, "httpGet: { path: \"/healthz?probe=ok\" }")),
        new(
            "serving/runtime/listen-delay", "A program that listens late is waited for, without a failed request", "TestProbeRuntime (slow start)",
            ListenDelayAsync),
        new("serving/runtime/liveness", "A failing liveness probe restarts the container, and the Service recovers", "TestLivenessWithFail", LivenessAsync),
        new(
            "serving/runtime/readiness-fails-later", "When readiness fails later, requests wait or get 503 and never reach the pod",
            "TestProbeRuntimeAfterStartup", FailingLaterAsync),
        new(
            "serving/runtime/startup-before-liveness", "The liveness probe begins when the startup probe has passed: nothing is restarted",
            "TestLivenessProbeAwareOfStartupProbe", StartupAsync),
    ];

    private static async Task ReadinessAsync(ConformanceTarget target, string probe)
    {
        foreach (var period in (int[])[0, 1])
        {
            var name = $"hello-{period}";
            var service = await target.ReadyServiceAsync(
                Workload.Service(target, name, container: $"readinessProbe: {{ periodSeconds: {period}, {probe} }}", environment: ReadyLate));
            (await target.CallAsync(service.Status.Url!)).Is(200);
        }
    }

    private static async Task ListenDelayAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "late",
            annotations: "autoscaling.knative.dev/initial-scale: \"0\"", environment: """{ name: LISTEN_DELAY, value: "800" }"""));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => target.CallAsync(service.Status.Url!)));
        Expect.Equal(20, answers.Count(static a => a.Status == 200));
    }

    private static async Task LivenessAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello", annotations: "autoscaling.knative.dev/min-scale: \"1\"",
            container: "startupProbe: { periodSeconds: 1, failureThreshold: 60, httpGet: { path: /healthz } }, "
                + "livenessProbe: { periodSeconds: 1, failureThreshold: 1, httpGet: { path: /healthz/liveness } }"));
        (await target.CallAsync($"{service.Status.Url}/start-failing")).Is(200);
        await target.WaitAllAsync<Pod>(
            $"{ServingLabels.Service}=hello", static pods => pods.Any(static p => p.Status.ContainerStatuses.Any(static c => c.RestartCount > 0)),
            "restarted");
        await target.AnswersAsync(service.Status.Url!, Workload.Spaceport);
    }

    private static async Task FailingLaterAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello",
            annotations: "autoscaling.knative.dev/min-scale: \"1\", autoscaling.knative.dev/max-scale: \"1\"", spec: "timeoutSeconds: 2",
            container: "readinessProbe: { periodSeconds: 1, failureThreshold: 1, httpGet: { path: /healthz/readiness } }"));
        // Whether it is answered in time does not matter: asked once more, it goes on failing.
        await target.EventuallyAsync(async () =>
        {
            await target.CallAsync($"{service.Status.Url}/start-failing");
            return (await target.ListAsync<Pod>($"{ServingLabels.Service}=hello")).Any(static p => p.Status.Conditions.IsFalse("Ready"));
        }, static () => "the pod that fails its readiness probe stays ready");
        Answer? last = null;
        await target.EventuallyAsync(
            async () => (last = await target.CallAsync(service.Status.Url!)).Status is 503 or 504,
            () => $"the pod that is not ready still answers {last?.Status}");
    }

    private static async Task StartupAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "hello", environment: """{ name: LISTEN_DELAY, value: "2500" }""",
            // Refused is refused at once; only an answer may take its time.
            container: "startupProbe: { periodSeconds: 1, failureThreshold: 100, httpGet: { path: /healthz } }, "
                + "livenessProbe: { periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 60, httpGet: { path: /healthz } }"));
        foreach (var pod in await target.ListAsync<Pod>($"{ServingLabels.Service}=hello"))
            Expect.Equal(0, pod.Status.ContainerStatuses.Sum(static c => c.RestartCount));
    }
}
