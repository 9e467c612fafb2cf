using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Conformance.Serving.Scenarios;

/// <summary>How pods follow the load and the bounds: upstream's <c>test/e2e</c>.</summary>
internal static class ScaleCases
{
    private const string ShortWindow = "autoscaling.knative.dev/window: \"6s\"";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "serving/scale/up-down-up", "Pods follow the load up, go to zero without it, and come again, and no request fails",
            "TestAutoscaleUpDownUp", UpDownUpAsync),
        new("serving/scale/rps", "With the metric rps, pods follow the requests per second", "TestRPSBasedAutoscaleUpCountPods", RequestsPerSecondAsync),
        new("serving/scale/fast-to-zero", "With a window of 6 s a Service without requests has no pods soon", "TestFastScaleToZero", FastToZeroAsync),
        new("serving/scale/activation-scale", "A sleeping Service wakes straight to its activation scale", "TestActivationScale", ActivationScaleAsync),
        new("serving/scale/initial-scale", "A new Revision starts with initial-scale pods", "TestInitScalePositive", InitialScaleAsync),
        new("serving/scale/initial-zero", "With initial-scale 0 it is Ready without a pod, and the first request works", "TestInitScaleZero", InitialZeroAsync),
        new(
            "serving/scale/min-scale", "min-scale pods are there before it is Ready and stay; the old Revision lets go of its own", "TestMinScale",
            MinScaleAsync),
        new("serving/scale/min-scale-annotation", "A Revision's min-scale can be changed while it lives", "TestMinScaleAnnotationChange", MinScaleChangeAsync),
        new("serving/scale/max-scale", "There are never more pods than max-scale", "3.6 bounds", MaxScaleAsync),
        new(
            "serving/scale/target-burst-capacity",
            "A burst is held until there are pods, and answered, whatever the burst capacity says; what is none is refused",
            "TestTargetBurstCapacity*", BurstCapacityAsync),
        new("serving/scale/quota", "Pods that a ResourceQuota refuses are told in the Revision's ResourcesAvailable", "TestResourceQuotaError", QuotaAsync),
        new(
            "serving/scale/unschedulable", "A pod that asks for more than there is says Unschedulable, as do Revision and Service", "TestPodScheduleError",
            UnschedulableAsync),
        new("serving/scale/hpa", "The class hpa brings more pods up under load, and takes them away without", "TestHPAAutoscaleUpDownUp*", HpaAsync)
        {
            TakesLong = true,
        },
    ];

    private static string Pods(string service) => $"{ServingLabels.Service}={service}";

    private static int Ready(IReadOnlyList<Pod> pods) =>
        pods.Count(static p => p.Metadata.DeletionTimestamp is null && p.Status.Conditions.IsTrue("Ready"));

    private static Task<IReadOnlyList<Pod>> ReadyPodsAsync(ConformanceTarget target, string service, Func<int, bool> wanted, string what) =>
        target.WaitAllAsync<Pod>(Pods(service), pods => wanted(Ready(pods)), what);

    private static Task<IReadOnlyList<Pod>> AsleepAsync(ConformanceTarget target, string service) =>
        target.WaitAllAsync<Pod>(Pods(service), static pods => pods.Count == 0, "gone");

    // Keeps so many requests under way until told to stop; all must be answered with 200.
    private static async Task LoadAsync(ConformanceTarget target, string url, int concurrency, CancellationToken stop)
    {
        var failures = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
        {
            var failed = 0;
            while (!stop.IsCancellationRequested)
                if ((await target.CallAsync(url)).Status != 200) failed++;
            return failed;
        }));
        Expect.Equal(0, failures.Sum());
    }

    private static async Task UnderLoadAsync(ConformanceTarget target, string url, int concurrency, Func<Task> until)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(target.Deadline);
        var load = LoadAsync(target, url, concurrency, stop.Token);
        try
        {
            await until();
        }
        finally
        {
            await stop.CancelAsync();
            await load;
        }
    }

    private static async Task UpDownUpAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(
            Workload.Service(target, "wave", annotations: $"{ShortWindow}, autoscaling.knative.dev/target: \"4\", autoscaling.knative.dev/max-scale: \"4\""));
        var url = $"{service.Status.Url}/?sleep=200";
        await UnderLoadAsync(target, url, 10, () => ReadyPodsAsync(target, "wave", static n => n >= 3, "three"));
        await AsleepAsync(target, "wave");
        await UnderLoadAsync(target, url, 10, () => ReadyPodsAsync(target, "wave", static n => n >= 3, "three again"));
    }

    private static async Task RequestsPerSecondAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "rps",
            annotations: $"{ShortWindow}, autoscaling.knative.dev/metric: rps, autoscaling.knative.dev/target: \"10\", "
                + "autoscaling.knative.dev/max-scale: \"3\""));
        // Five at a time, each a fifth of a second: 25 a second, and a pod is to have 7.
        await UnderLoadAsync(target, $"{service.Status.Url}/?sleep=200", 5, () => ReadyPodsAsync(target, "rps", static n => n >= 3, "three"));
    }

    private static async Task FastToZeroAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "brief", annotations: ShortWindow));
        (await target.CallAsync(service.Status.Url!)).Is(200);
        await AsleepAsync(target, "brief");
        var autoscaler = await target.WaitAsync<PodAutoscaler>("brief-00001", static p => p.Status.Conditions.IsFalse("Active"), "inactive");
        Expect.Equal("NoTraffic", autoscaler.Status.Conditions.Find("Active")!.Reason);
        Expect.That((await target.GetAsync<Service>("brief"))!.Status.Conditions.IsTrue("Ready"), "a sleeping Service is not Ready");
        (await target.CallAsync(service.Status.Url!)).Is(200);
    }

    private static async Task ActivationScaleAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "burst",
            annotations: "autoscaling.knative.dev/initial-scale: \"0\", autoscaling.knative.dev/activation-scale: \"3\""));
        (await target.CallAsync(service.Status.Url!)).Is(200);
        await ReadyPodsAsync(target, "burst", static n => n == 3, "three");
    }

    private static async Task InitialScaleAsync(ConformanceTarget target)
    {
        var applied = await target.ApplyAsync<Service>(
            Workload.Service(target, "three", annotations: $"{ShortWindow}, autoscaling.knative.dev/initial-scale: \"3\""));
        // Followed from the beginning: once all three have been ready, those that the load does not call for go.
        await ReadyPodsAsync(target, "three", static n => n == 3, "three");
        await target.ReadyAsync(applied);
        await AsleepAsync(target, "three");
    }

    private static async Task InitialZeroAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "asleep", annotations: "autoscaling.knative.dev/initial-scale: \"0\""));
        Expect.Equal(0, (await target.ListAsync<Pod>(Pods("asleep"))).Count);
        Expect.Equal(Workload.Spaceport, (await target.CallAsync(service.Status.Url!)).Is(200).Body);
    }

    private static async Task MinScaleAsync(ConformanceTarget target)
    {
        var min = "autoscaling.knative.dev/min-scale: \"2\"";
        await target.ReadyServiceAsync(Workload.Service(target, "two", annotations: $"{ShortWindow}, {min}"));
        Expect.Equal(2, Ready(await target.ListAsync<Pod>(Pods("two"))));
        var first = await target.WaitAsync<Revision>("two-00001", static r => r.Status.ActualReplicas == 2, "at two replicas");
        Expect.Equal(2, first.Status.ActualReplicas);
        await target.ReadyServiceAsync(Workload.Service(target, "two", Workload.Pepperoni, annotations: $"{ShortWindow}, {min}"));
        await target.WaitAllAsync<Pod>($"{ServingLabels.Revision}=two-00001", static pods => pods.Count == 0, "gone");
        Expect.Equal(2, Ready(await target.ListAsync<Pod>($"{ServingLabels.Revision}=two-00002")));
    }

    private static async Task MinScaleChangeAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "knob", annotations: ShortWindow));
        foreach (var min in (int[])[1, 3, 2])
        {
            await target.PatchAsync<Revision>("knob-00001", $$$$"""{"metadata":{"annotations":{"autoscaling.knative.dev/min-scale":"{{{{min}}}}"}}}""");
            await ReadyPodsAsync(target, "knob", n => n == min, $"{min}");
        }
        await target.PatchAsync<Revision>("knob-00001", """{"metadata":{"annotations":{"autoscaling.knative.dev/min-scale":null}}}""");
        await AsleepAsync(target, "knob");
    }

    private static async Task MaxScaleAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "capped", spec: "containerConcurrency: 1",
            annotations: "autoscaling.knative.dev/max-scale: \"2\""));
        var most = 0;
        await UnderLoadAsync(target, $"{service.Status.Url}/?sleep=100", 12, async () =>
        {
            await ReadyPodsAsync(target, "capped", static n => n >= 2, "two");
            for (var i = 0; i < 20; i++)
            {
                (await target.CallAsync($"{service.Status.Url}/?sleep=100")).Is(200);
                most = Math.Max(most, (await target.ListAsync<Pod>(Pods("capped"))).Count);
            }
        });
        Expect.Equal(2, most);
    }

    private static async Task BurstCapacityAsync(ConformanceTarget target)
    {
        const string Key = "autoscaling.knative.dev/target-burst-capacity";
        foreach (var none in (string[])["-2", "plenty"])
            Expect.Contains("target-burst-capacity", (await target.RefusedAsync(Workload.Service(target, "none", annotations: $"{Key}: \"{none}\""))).Message);
        // Always, never and beyond the usual in the activator's hands: for who calls it is the same.
        foreach (var (name, capacity) in ((string, string)[])[("always", "-1"), ("never", "0"), ("much", "1000")])
        {
            var service = await target.ReadyServiceAsync(Workload.Service(target, name, spec: "containerConcurrency: 5",
                annotations: $"autoscaling.knative.dev/initial-scale: \"0\", autoscaling.knative.dev/max-scale: \"2\", {Key}: \"{capacity}\""));
            Expect.Equal(30, (await target.SharesAsync($"{service.Status.Url}/?sleep=50", 30)).Values.Sum());
        }
    }

    private static async Task QuotaAsync(ConformanceTarget target)
    {
        await target.ApplyAsync("""
            apiVersion: v1
            kind: ResourceQuota
            metadata: { name: no-pods }
            spec: { hard: { pods: "0" } }
            """);
        var applied = await target.ApplyAsync<Service>(Workload.Service(target, "over"));
        var revision = await target.WaitAsync<Revision>(
            "over-00001", static r => r.Status.Conditions.IsFalse("ResourcesAvailable"), "ResourcesAvailable=False");
        Expect.Contains("exceeded quota: no-pods", revision.Status.Conditions.Find("ResourcesAvailable")!.Message ?? "");
        await target.FailedAsync(applied);
        Expect.Equal(0, (await target.ListAsync<Pod>(Pods("over"))).Count);
    }

    private static async Task UnschedulableAsync(ConformanceTarget target)
    {
        const string Lacking = "Insufficient cpu";
        var applied = await target.ApplyAsync<Service>(Workload.Service(target, "huge", container: """resources: { requests: { cpu: "50000" } }"""));
        var revision = await target.WaitAsync<Revision>("huge-00001", static r => r.Status.Conditions.IsFalse("Ready"), "Ready=False");
        Expect.Equal("Unschedulable", revision.Status.Conditions.Find("Ready")!.Reason);
        Expect.Contains(Lacking, revision.Status.Conditions.Find("Ready")!.Message);
        var failed = await target.FailedAsync(applied);
        Expect.Equal("RevisionFailed", failed.Status.Conditions.Find("ConfigurationsReady")?.Reason);
        Expect.Contains(Lacking, failed.Status.Conditions.Find("ConfigurationsReady")!.Message);
        var pod = Expect.Found(await target.ListAsync<Pod>(Pods("huge")) is [var first, ..] ? first : null);
        Expect.Equal("Pending", pod.Status.Phase);
        Expect.That(pod.Status.ContainerStatuses.IsEmpty, "a container of a pod that has no place was begun");
    }

    private static async Task HpaAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "cpu", annotations: string.Join(", ",
            "autoscaling.knative.dev/class: hpa.autoscaling.knative.dev", "autoscaling.knative.dev/target: \"10\"",
            "autoscaling.knative.dev/max-scale: \"2\"", "autoscaling.knative.dev/window: 15s")));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(target.Deadline);
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!enough.IsCancellationRequested) (await target.CallAsync($"{service.Status.Url}/?burn=100")).Is(200);
        }));
        try
        {
            await target.WaitAllAsync<Pod>(
                Pods("cpu"), static pods => pods.Count(static p => p.Status.Conditions.IsTrue("Ready")) == 2, "two in number");
        }
        finally
        {
            await enough.CancelAsync();
        }
        await load;
        await target.WaitAllAsync<Pod>(Pods("cpu"), static pods => pods.Count == 1, "one in number");
    }
}
