using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving;

/// <summary>Services of the conformance workload, and the waits that most cases share.</summary>
public static class Workload
{
    /// <summary>Upstream's two pizza planets.</summary>
    public const string Spaceport = "What a spaceport!";
    public const string Pepperoni = "Re-energize yourself with a slice of pepperoni!";

    /// <summary>A Service whose <c>/</c> answers a text.</summary>
    /// <param name="target">Gives the image.</param>
    /// <param name="name">The Service's name.</param>
    /// <param name="response">What it says.</param>
    /// <param name="annotations">Of the revision, as a YAML flow map's entries: <c>autoscaling.knative.dev/min-scale: "1"</c>.</param>
    /// <param name="spec">More lines of the revision's spec, as a flow map's entries: <c>timeoutSeconds: 10</c>.</param>
    /// <param name="container">More entries of the container.</param>
    /// <param name="environment">More variables.</param>
    /// <param name="revision">A name brought along; null lets the platform choose.</param>
    /// <param name="image">Null: the target's.</param>
    public static string Service(
        ConformanceTarget target, string name, string response = Spaceport, string annotations = "", string spec = "", string container = "",
        string environment = "", string? revision = null, string? image = null) =>
        $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: { name: {{name}} }
        spec:
          template: {{Template(target, response, annotations, spec, container, environment, revision, image)}}
        """;

    /// <summary>A revision template as a YAML flow map, for Services and Configurations alike.</summary>
    public static string Template(
        ConformanceTarget target, string response = Spaceport, string annotations = "", string spec = "", string container = "",
        string environment = "", string? revision = null, string? image = null)
    {
        var name = revision is null ? "" : $"name: {revision}, ";
        var env = $$"""[{{With(environment)}}{ name: RESPONSE, value: "{{response}}" }]""";
        var containers = $$"""[{ image: {{image ?? target.Image}}, {{With(container)}}env: {{env}} }]""";
        return $$"""{ metadata: { {{name}}annotations: { {{annotations}} } }, spec: { {{With(spec)}}containers: {{containers}} } }""";
    }

    /// <summary>Applies a Service and completes when the generation just written is Ready.</summary>
    public static async Task<Service> ReadyServiceAsync(this ConformanceTarget target, string yaml)
    {
        var applied = await target.ApplyAsync<Service>(yaml);
        return await target.ReadyAsync(applied);
    }

    /// <summary>Completes when a Service as written is Ready.</summary>
    public static Task<Service> ReadyAsync(this ConformanceTarget target, Service applied) =>
        target.WaitAsync<Service>(applied.Metadata.Name, s => IsReady(s, applied.Metadata.Generation), "Ready");

    /// <summary>Completes when a Service as written is Ready=False.</summary>
    public static Task<Service> FailedAsync(this ConformanceTarget target, Service applied) =>
        target.WaitAsync<Service>(
            applied.Metadata.Name, s => s.Status.ObservedGeneration >= applied.Metadata.Generation && s.Status.Conditions.IsFalse("Ready"), "Ready=False");

    /// <summary>The URL of a tag of a Service.</summary>
    public static string TagUrl(this Service service, string tag) =>
        Expect.Present(service.Status.Traffic.FirstOrDefault(t => t.Tag == tag)?.Url, $"the URL of tag {tag}");

    /// <summary>Completes when a URL answers with a text: traffic has moved there.</summary>
    public static async Task AnswersAsync(this ConformanceTarget target, string url, string text)
    {
        Answer? last = null;
        await target.EventuallyAsync(
            async () => (last = await target.CallAsync(url)) is { Status: 200 } && last.Body == text,
            () => $"{url} did not come to answer \"{text}\"; the last answer was {last?.Status} {last?.Body}");
    }

    /// <summary>Sends requests side by side and counts what was answered; every answer must be 200.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> SharesAsync(this ConformanceTarget target, string url, int requests = 200)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => target.CallAsync(url)));
        return answers.CountBy(static a => a.Is(200).Body).ToDictionary();
    }

    private static bool IsReady(Service service, long generation) =>
        service.Status.ObservedGeneration >= generation && service.Status.Conditions.IsTrue("Ready");

    private static string With(string entries) => entries.Length == 0 ? "" : entries + ", ";
}
