using Kip.Conformance.Serving.Ingress;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Conformance.Serving.Scenarios;

/// <summary>How traffic moves from one Revision to the next, and to where it is told: upstream's <c>test/e2e</c>.</summary>
internal static class RolloutCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "serving/rollout/gradual",
            "With a rollout-duration traffic moves in steps, the Service says so, and in the end all is at the new Revision", "TestGradualRollout",
            GradualAsync),
        new("serving/rollout/no-request-lost", "Updates under constant requests fail none", "upgrade prober", UnderLoadAsync),
        new("serving/rollout/failing-update", "An update that does not come up leaves the old Revision serving", "2.3 Failure timelines", FailingAsync),
        new(
            "serving/rollout/tag-header", "With tag-header-based-routing the header chooses the tag; an unknown tag goes the usual way",
            "TestTagHeaderBasedRouting", TagHeaderAsync),
        new(
            "serving/rollout/garbage-collection", "Revisions that no route needs are collected as config-gc says", "TestRevisionGC",
            CollectedAsync) { Alone = true },
        new(
            "serving/rollout/rewrite-host", "A vanity host is rewritten to a host of the inside and served there", "host-rewrite TestRewriteHost",
            RewriteHostAsync),
        new(
            "serving/rollout/service-to-service", "One Service calls another, asleep, by its name inside",
            "TestServiceToServiceCall, TestSvcToSvcViaActivator", ServiceToServiceAsync),
    ];

    private static async Task GradualAsync(ConformanceTarget target)
    {
        const string Rollout = """{"metadata":{"annotations":{"serving.knative.dev/rollout-duration":"10s"}}}""";
        var first = await target.ReadyServiceAsync(Workload.Service(target, "slowly", annotations: "autoscaling.knative.dev/min-scale: \"1\""));
        await target.ReadyAsync(await target.PatchAsync<Service>("slowly", Rollout));
        var updated = await target.ApplyAsync<Service>(
            Workload.Service(target, "slowly", Workload.Pepperoni, annotations: "autoscaling.knative.dev/min-scale: \"1\""));
        await target.WaitAsync<Service>("slowly",
            s => s.Status.ObservedGeneration >= updated.Metadata.Generation && s.Status.Conditions.Find("Ready")?.Reason == "RolloutInProgress",
            "RolloutInProgress");
        var between = await target.WaitAsync<Kip.Resources.Networking.Ingress>("slowly",
            static i => i.Spec.Rules.Any(static r => r.Http?.Paths.Any(static p => p.Splits.Count == 2) == true), "split between both");
        Expect.Equal(100, between.Spec.Rules[0].Http!.Paths[0].Splits.Sum(static s => s.Percent));
        await target.ReadyAsync(updated);
        Expect.Equal(50, (await target.SharesAsync(first.Status.Url!, 50)).GetValueOrDefault(Workload.Pepperoni));
    }

    private static async Task UnderLoadAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "changing", "0"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(target.Deadline);
        var failures = new List<string>();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
                if (await target.CallAsync($"{service.Status.Url}/?sleep=10") is { Status: not 200 } answer)
                    lock (failures) failures.Add($"{answer.Status} {answer.Body}");
        }));
        for (var version = 1; version <= 4; version++) await target.ReadyServiceAsync(Workload.Service(target, "changing", $"{version}"));
        await stop.CancelAsync();
        await load;
        Expect.That(failures.Count == 0, $"{failures.Count} requests failed, e.g. {failures.FirstOrDefault()}");
        await target.AnswersAsync(service.Status.Url!, "4");
    }

    private static async Task FailingAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        await target.FailedAsync(await target.ApplyAsync<Service>(Workload.Service(target, "hello", environment: """{ name: EXIT_CODE, value: "1" }""")));
        Expect.Equal(20, (await target.SharesAsync(service.Status.Url!, 20)).GetValueOrDefault(Workload.Spaceport));
        await target.ReadyServiceAsync(Workload.Service(target, "hello", Workload.Pepperoni));
        await target.AnswersAsync(service.Status.Url!, Workload.Pepperoni);
    }

    private static async Task TagHeaderAsync(ConformanceTarget target)
    {
        const string Map = "config-features";
        await SetFeatureAsync("\"Enabled\"");
        try
        {
            await target.ReadyServiceAsync(Workload.Service(target, "hello"));
            await target.ReadyServiceAsync(Workload.Service(target, "hello", Workload.Pepperoni));
            var split = await target.ReadyAsync(await target.PatchAsync<Service>("hello",
                """{"spec":{"traffic":[{"revisionName":"hello-00001","percent":100},{"tag":"next","revisionName":"hello-00002","percent":0}]}}"""));
            var url = split.Status.Url!;
            Answer? last = null;
            await target.EventuallyAsync(async () => (last = await target.CallAsync(url, "Knative-Serving-Tag: next")).Body == Workload.Pepperoni,
                () => $"the header does not choose the tag: {last?.Body}");
            Expect.Equal(Workload.Spaceport, (await target.CallAsync(url)).Is(200).Body);
            Expect.Equal(Workload.Spaceport, (await target.CallAsync(url, "Knative-Serving-Tag: unknown")).Is(200).Body);
        }
        finally
        {
            await SetFeatureAsync("null");
        }

        Task SetFeatureAsync(string value) => target.Resources.PatchAsync(ConfigMap.Definition, new("knative-serving", Map),
            new(Kip.Client.PatchContentType.Merge, System.Text.Encoding.UTF8.GetBytes($$$"""{"data":{"tag-header-based-routing":{{{value}}}}}""")),
            CancellationToken.None);
    }

    private static async Task CollectedAsync(ConformanceTarget target)
    {
        foreach (var value in (string[])["1", "2", "3", "4"])
            await target.ReadyServiceAsync(Workload.Service(target, "old",
                environment: $$"""{ name: STEP, value: "{{value}}" }""", annotations: "autoscaling.knative.dev/initial-scale: \"0\""));
        await SetAsync("\"disabled\"", "\"0\"", "\"1\"");
        try
        {
            var left = await target.WaitAllAsync<Revision>(null, static revisions => revisions.Count == 2, "two in number");
            Expect.Equal("old-00003 old-00004", string.Join(' ', left.Select(static r => r.Metadata.Name).Order(StringComparer.Ordinal)));
        }
        finally
        {
            await SetAsync("null", "null", "null");
        }

        Task SetAsync(string age, string least, string most) => target.Resources.PatchAsync(ConfigMap.Definition, new("knative-serving", "config-gc"),
            new(Kip.Client.PatchContentType.Merge, System.Text.Encoding.UTF8.GetBytes($$$"""
                {"data":{"retain-since-create-time":{{{age}}},"retain-since-last-active-time":{{{age}}},
                "min-non-active-revisions":{{{least}}},"max-non-active-revisions":{{{most}}}}}
                """)), CancellationToken.None);
    }

    private static async Task RewriteHostAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        var inside = $"one.{target.Namespace}.svc.cluster.local";
        await target.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Service
            metadata: { name: alias }
            spec: { type: ExternalName, externalName: {{inside}}, ports: [{ name: http, port: 80 }] }
            """);
        var split = $"{{ serviceNamespace: {target.Namespace}, serviceName: alias, servicePort: 80, percent: 100 }}";
        await target.IngressAsync(
            "mine", IngressBed.Rule($"{target.Host("vanity")}, {target.Host("other")}", IngressBed.Path(split, $"rewriteHost: {inside}, ")));
        Expect.Equal("one", (await target.CallAsync($"http://{target.Host("vanity")}/")).Is(200).Body);
        Expect.Equal("one", (await target.CallAsync($"http://{target.Host("other")}/")).Is(200).Body);
    }

    private static async Task ServiceToServiceAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "callee", annotations: "autoscaling.knative.dev/initial-scale: \"0\""));
        var caller = await target.ReadyServiceAsync(Workload.Service(target, "caller"));
        var inside = Uri.EscapeDataString($"http://callee.{target.Namespace}.svc.cluster.local/");
        Expect.Equal($"200 {Workload.Spaceport}", (await target.CallAsync($"{caller.Status.Url}/call?url={inside}")).Is(200).Body);
    }
}
