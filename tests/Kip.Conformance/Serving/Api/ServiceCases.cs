using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Api;

/// <summary>The life of a Service: upstream's <c>test/conformance/api/v1/service_test.go</c>.</summary>
internal static class ServiceCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/api/create-list-delete", "A Service becomes Ready, can be read and listed, and goes when it is deleted",
            "TestServiceCreateListAndDelete", CreateListDeleteAsync),
        new("serving/api/create-and-update", "A new image, environment or template metadata makes a new Revision, and traffic moves to it",
            "TestServiceCreateAndUpdate", CreateAndUpdateAsync),
        new("serving/api/byo-name", "A Revision name brought along is used, is refused for another template, and a new one works",
            "TestServiceBYOName", ByoNameAsync),
        new("serving/api/byo-rollback", "Applying an earlier template with its Revision name rolls back to that Revision",
            "TestRollbackBYOName", RollbackByNameAsync),
        new("serving/api/traffic-split", "Tags and percentages say who gets the traffic, and a pinned Service gives a new Revision none",
            "TestServiceWithTrafficSplit", TrafficSplitAsync),
        new("serving/api/blue-green", "A route split in halves gives each at least a quarter, and a tag's own host only its Revision",
            "TestBlueGreenRoute", BlueGreenAsync),
        new("serving/api/generate-name", "generateName on a Service gives it a name and a URL that is served",
            "TestServiceGenerateName", GenerateNameAsync) { Required = false },
        new("serving/api/namespaces", "Services of one name in two namespaces do not know of each other",
            "TestMultipleNamespace", NamespacesAsync),
    ];

    private static async Task CreateListDeleteAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        Expect.Present(service.Status.Url);
        Expect.Equal(1, (await target.ListAsync<Service>()).Count);
        (await target.CallAsync(service.Status.Url!)).Is(200);
        await target.DeleteAsync<Service>("hello");
        await target.GoneAsync<Service>("hello");
        await target.WaitAllAsync<Revision>(null, static all => all.Count == 0, "deleted with their Service");
        Answer? last = null;
        await target.EventuallyAsync(
            async () => (last = await target.CallAsync(service.Status.Url!)).Status == 404, () => $"a deleted Service's URL still answers {last?.Status}");
    }

    private static async Task CreateAndUpdateAsync(ConformanceTarget target)
    {
        var first = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        Expect.Equal("hello-00001", first.Status.LatestReadyRevisionName);
        Expect.Equal(first.Status.LatestReadyRevisionName, first.Status.LatestCreatedRevisionName);
        var revision = Expect.Found(await target.GetAsync<Revision>("hello-00001"));
        Expect.Equal("1", revision.Metadata.Labels[ServingLabels.ConfigurationGeneration]);
        Expect.Equal(1, revision.Status.ContainerStatuses.Count);
        await target.AnswersAsync(first.Status.Url!, Workload.Spaceport);

        var second = await target.ReadyServiceAsync(Workload.Service(target, "hello", Workload.Pepperoni));
        Expect.Equal("hello-00002", second.Status.LatestReadyRevisionName);
        await target.AnswersAsync(first.Status.Url!, Workload.Pepperoni);

        // Metadata of the Service alone makes no Revision; metadata of its template does.
        var labelled = await target.PatchAsync<Service>("hello", """{"metadata":{"labels":{"a":"b"},"annotations":{"c":"d"}}}""");
        await target.ReadyAsync(labelled);
        Expect.Equal(2, (await target.ListAsync<Revision>()).Count);
        var template = await target.PatchAsync<Service>("hello", """{"spec":{"template":{"metadata":{"labels":{"a":"b"}}}}}""");
        var third = await target.ReadyAsync(template);
        Expect.Equal("hello-00003", third.Status.LatestReadyRevisionName);
        Expect.Equal("b", (await target.GetAsync<Revision>("hello-00003"))!.Metadata.Labels.Get("a"));
    }

    private static async Task ByoNameAsync(ConformanceTarget target)
    {
        var first = await target.ReadyServiceAsync(Workload.Service(target, "hello", revision: "hello-mine"));
        Expect.Equal("hello-mine", first.Status.LatestReadyRevisionName);
        await target.RefusedAsync(Workload.Service(target, "hello", Workload.Pepperoni, revision: "hello-mine"));
        var second = await target.ReadyServiceAsync(Workload.Service(target, "hello", Workload.Pepperoni, revision: "hello-yours"));
        Expect.Equal("hello-yours", second.Status.LatestReadyRevisionName);
        await target.AnswersAsync(first.Status.Url!, Workload.Pepperoni);
    }

    private static async Task RollbackByNameAsync(ConformanceTarget target)
    {
        var one = Workload.Service(target, "hello", revision: "hello-one");
        var first = await target.ReadyServiceAsync(one);
        await target.ReadyServiceAsync(Workload.Service(target, "hello", Workload.Pepperoni, revision: "hello-two"));
        await target.AnswersAsync(first.Status.Url!, Workload.Pepperoni);
        await target.ApplyAsync(one);
        await target.AnswersAsync(first.Status.Url!, Workload.Spaceport);
        var back = await target.WaitAsync<Service>("hello", static s => s.Status.LatestReadyRevisionName == "hello-one", "back at hello-one");
        Expect.Equal("hello-one", back.Status.LatestCreatedRevisionName);
    }

    private static async Task TrafficSplitAsync(ConformanceTarget target)
    {
        var first = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var url = first.Status.Url!;
        var pinned = await target.PatchAsync<Service>("hello",
            """{"spec":{"traffic":[{"tag":"current","revisionName":"hello-00001","percent":100},{"tag":"latest","latestRevision":true,"percent":0}]}}""");
        await target.ReadyAsync(pinned);

        // A new Revision under a pinned route: reachable by its tag, and by nothing else.
        var second = await target.ReadyServiceAsync(Workload.Service(target, "hello", Workload.Pepperoni));
        Expect.Equal("hello-00002", second.Status.LatestReadyRevisionName);
        await target.AnswersAsync(second.TagUrl("latest"), Workload.Pepperoni);
        await target.AnswersAsync(second.TagUrl("current"), Workload.Spaceport);
        var shares = await target.SharesAsync(url, 100);
        Expect.Equal(100, shares.GetValueOrDefault(Workload.Spaceport));

        var halved = await target.PatchAsync<Service>("hello",
            """
            {"spec":{"traffic":[{"tag":"current","revisionName":"hello-00001","percent":50},{"tag":"candidate","revisionName":"hello-00002","percent":50},
              {"tag":"latest","latestRevision":true,"percent":0}]}}
            """);
        var split = await target.ReadyAsync(halved);
        Expect.Equal(3, split.Status.Traffic.Count);
        foreach (var tag in (string[])["current", "candidate", "latest"]) Expect.Present(split.TagUrl(tag));
        await HalvesAsync(target, url);

        var all = await target.PatchAsync<Service>("hello", """{"spec":{"traffic":[{"tag":"current","revisionName":"hello-00002","percent":100}]}}""");
        await target.ReadyAsync(all);
        await target.AnswersAsync(url, Workload.Pepperoni);
        Expect.Equal(100, (await target.SharesAsync(url, 100)).GetValueOrDefault(Workload.Pepperoni));
    }

    private static async Task BlueGreenAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "planet"));
        await target.ReadyServiceAsync(Workload.Service(target, "planet", Workload.Pepperoni));
        var halved = await target.PatchAsync<Service>("planet",
            """{"spec":{"traffic":[{"tag":"blue","revisionName":"planet-00001","percent":50},{"tag":"green","revisionName":"planet-00002","percent":50}]}}""");
        var split = await target.ReadyAsync(halved);
        await HalvesAsync(target, split.Status.Url!);
        Expect.Equal(100, (await target.SharesAsync(split.TagUrl("blue"), 100)).GetValueOrDefault(Workload.Spaceport));
        Expect.Equal(100, (await target.SharesAsync(split.TagUrl("green"), 100)).GetValueOrDefault(Workload.Pepperoni));
    }

    // The change is in force when the Route says Ready; upstream's bound for halves is a quarter of 200.
    private static async Task HalvesAsync(ConformanceTarget target, string url)
    {
        var shares = await target.SharesAsync(url);
        Expect.That(shares.GetValueOrDefault(Workload.Spaceport) >= 50 && shares.GetValueOrDefault(Workload.Pepperoni) >= 50,
            $"a split in halves gave {string.Join(", ", shares.Select(static s => $"{s.Value} to \"{s.Key}\""))}");
    }

    private static async Task GenerateNameAsync(ConformanceTarget target)
    {
        var applied = await target.ApplyAsync<Service>(
            Workload.Service(target, "x").Replace("name: x }", "generateName: generated- }", StringComparison.Ordinal));
        Expect.That(applied.Metadata.Name.StartsWith("generated-", StringComparison.Ordinal) && applied.Metadata.Name.Length > "generated-".Length,
            $"the name is {applied.Metadata.Name}");
        var service = await target.ReadyAsync(applied);
        await target.AnswersAsync(service.Status.Url!, Workload.Spaceport);
    }

    private static async Task NamespacesAsync(ConformanceTarget target)
    {
        var first = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var other = $"{target.Namespace}-other";
        await target.ApplyAsync(Workload.Service(target, "hello", Workload.Pepperoni).Replace(
            "name: hello }", $"name: hello, namespace: {other} }}", StringComparison.Ordinal));
        Service? second = null;
        await target.EventuallyAsync(
            async () =>
                (second = (Service?)await target.Resources.GetAsync(
                    Service.Definition, new(other, "hello"), target.Deadline))?.Status.Conditions.IsTrue("Ready") == true,
            () => $"the other namespace's Service is {second?.Status}");
        await target.AnswersAsync(first.Status.Url!, Workload.Spaceport);
        await target.AnswersAsync(second!.Status.Url!, Workload.Pepperoni);
    }
}
