using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Api;

/// <summary>Configurations and Routes without a Service, and what is passed down from one object to the next.</summary>
internal static class RouteCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/api/route-creation", "A Configuration and a Route of one's own serve, and a new Revision takes the traffic",
            "TestRouteCreation", CreationAsync) { Required = false },
        new("serving/api/route-generate-name", "generateName works on a Configuration and a Route",
            "TestRouteAndConfigGenerateName", GenerateNameAsync) { Required = false },
        new("serving/api/configuration-metadata", "Labels and annotations of a Configuration make no Revision and do not reach those there are",
            "TestUpdateConfigurationMetadata", ConfigurationMetadataAsync) { Required = false },
        new("serving/api/get-and-list", "The Route, Configuration and Revision of a Service can be read and listed",
            "TestRouteGetAndList, TestConfigurationGetAndList, TestRevisionGetAndList", GetAndListAsync),
        new("serving/api/label-propagation", "Revision, Configuration and Route carry the label of their Service",
            "TestLabelPropagation", LabelsAsync),
        new("serving/api/annotation-propagation", "A Service's annotations reach its Configuration and Route, and go from there when they are removed",
            "TestAnnotationPropagation", AnnotationsAsync),
    ];

    private static string Configuration(ConformanceTarget target, string metadata, string response = Workload.Spaceport) =>
        $$"""
        apiVersion: serving.knative.dev/v1
        kind: Configuration
        metadata: { {{metadata}} }
        spec:
          template: {{Workload.Template(target, response)}}
        """;

    private static string Route(string metadata, string configuration) =>
        $$"""
        apiVersion: serving.knative.dev/v1
        kind: Route
        metadata: { {{metadata}} }
        spec:
          traffic: [{ configurationName: {{configuration}}, percent: 100 }]
        """;

    private static Task<Route> ReadyRouteAsync(ConformanceTarget target, string name) =>
        target.WaitAsync<Route>(name, static r => r.Status.ObservedGeneration >= r.Metadata.Generation && r.Status.Conditions.IsTrue("Ready"), "Ready");

    private static async Task CreationAsync(ConformanceTarget target)
    {
        await target.ApplyAsync(Configuration(target, "name: mine"));
        await target.ApplyAsync(Route("name: road", "mine"));
        var route = await ReadyRouteAsync(target, "road");
        Expect.Present(route.Status.Url);
        await target.AnswersAsync(route.Status.Url!, Workload.Spaceport);
        await target.ApplyAsync(Configuration(target, "name: mine", Workload.Pepperoni));
        await target.AnswersAsync(route.Status.Url!, Workload.Pepperoni);
        Expect.Equal(0, Expect.Found(await target.GetAsync<Configuration>("mine")).Metadata.OwnerReferences.Count);
    }

    private static async Task GenerateNameAsync(ConformanceTarget target)
    {
        var configuration = await target.ApplyAsync<Configuration>(Configuration(target, "generateName: made-"));
        var applied = await target.ApplyAsync<Route>(Route("generateName: road-", configuration.Metadata.Name));
        var route = await ReadyRouteAsync(target, applied.Metadata.Name);
        await target.AnswersAsync(route.Status.Url!, Workload.Spaceport);
    }

    private static async Task ConfigurationMetadataAsync(ConformanceTarget target)
    {
        await target.ApplyAsync(Configuration(target, "name: mine"));
        await target.WaitAsync<Configuration>("mine", static c => c.Status.Conditions.IsTrue("Ready"), "Ready");
        await target.PatchAsync<Configuration>("mine", """{"metadata":{"labels":{"label-x":"abc"},"annotations":{"annotation-x":"abc"}}}""");
        var seen = await target.WaitAsync<Configuration>("mine", static c => c.Metadata.Labels.Get("label-x") == "abc", "labelled");
        Expect.Equal("abc", seen.Metadata.Annotations.Get("annotation-x"));
        Expect.Equal("mine-00001", seen.Status.LatestCreatedRevisionName);
        var revision = (await target.ListAsync<Revision>()).Single();
        Expect.Equal(null, revision.Metadata.Labels.Get("label-x"));
        Expect.Equal(null, revision.Metadata.Annotations.Get("annotation-x"));
    }

    private static async Task GetAndListAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        Expect.Found(await target.GetAsync<Route>("hello"));
        Expect.Found(await target.GetAsync<Configuration>("hello"));
        Expect.Found(await target.GetAsync<Revision>("hello-00001"));
        Expect.Equal(1, (await target.ListAsync<Route>()).Count);
        Expect.Equal(1, (await target.ListAsync<Configuration>()).Count);
        Expect.Equal(1, (await target.ListAsync<Revision>()).Count);
    }

    private static async Task LabelsAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var revision = Expect.Found(await target.GetAsync<Revision>("hello-00001"));
        Expect.Equal("hello", revision.Metadata.Labels.Get(ServingLabels.Service));
        Expect.Equal("hello", revision.Metadata.Labels.Get(ServingLabels.Configuration));
        Expect.Equal("hello", Expect.Found(await target.GetAsync<Configuration>("hello")).Metadata.Labels.Get(ServingLabels.Service));
        Expect.Equal("hello", Expect.Found(await target.GetAsync<Route>("hello")).Metadata.Labels.Get(ServingLabels.Service));
    }

    private static async Task AnnotationsAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        await target.PatchAsync<Service>("hello", """{"metadata":{"annotations":{"my.example/annotation":"x"}}}""");
        await target.WaitAsync<Configuration>("hello", static c => c.Metadata.Annotations.Get("my.example/annotation") == "x", "annotated");
        await target.WaitAsync<Route>("hello", static r => r.Metadata.Annotations.Get("my.example/annotation") == "x", "annotated");
        await target.PatchAsync<Service>("hello", """{"metadata":{"annotations":{"my.example/annotation":null}}}""");
        await target.WaitAsync<Configuration>("hello", static c => !c.Metadata.Annotations.ContainsKey("my.example/annotation"), "free of the annotation");
        await target.WaitAsync<Route>("hello", static r => !r.Metadata.Annotations.ContainsKey("my.example/annotation"), "free of the annotation");
    }
}
