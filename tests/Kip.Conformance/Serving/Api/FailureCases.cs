using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Api;

/// <summary>What is said of a Service that cannot run, and what is refused before it is tried.</summary>
internal static class FailureCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "serving/api/container-missing",
            "An image that does not exist turns Service, Configuration, Revision and Route False, each with reason and message",
            "TestContainerErrorMsg", MissingImageAsync),
        new("serving/api/container-exiting", "A program that ends at once does the same, and its exit code is told",
            "TestContainerExitingMsg", ExitingAsync),
        new("serving/api/service-account", "A serviceAccountName that is no name is refused",
            "TestServiceAccountValidation", ServiceAccountAsync) { Required = false },
        new("serving/api/routes-not-ready", "A route to a Revision that does not exist is RoutesReady=False, and what was served goes on",
            "TestRoutesNotReady", RoutesNotReadyAsync),
        new("serving/api/bad-bounds", "Autoscaling annotations that contradict each other are refused",
            "3 Autoscaler, validation", BadBoundsAsync),
        new("serving/api/bad-traffic", "Percentages that do not add up to 100, and a tag used twice, are refused",
            "1.9 Traffic rules", BadTrafficAsync),
        new("serving/api/two-ports", "A container with two ports, or none that takes requests, is refused",
            "TestShouldNotContainerConstraints", TwoPortsAsync),
    ];

    private static async Task MissingImageAsync(ConformanceTarget target) =>
        await AllFalseAsync(target, Workload.Service(target, "hello").Replace(target.Image, "kip.local/nothing-of-this-name", StringComparison.Ordinal));

    private static async Task ExitingAsync(ConformanceTarget target)
    {
        await AllFalseAsync(target, Workload.Service(target, "hello", environment: """{ name: EXIT_CODE, value: "5" }"""));
        var revision = Expect.Found(await target.GetAsync<Revision>("hello-00001"));
        Expect.Contains("5", $"{revision.Status.Conditions.Find("Ready")!.Reason} {revision.Status.Conditions.Find("Ready")!.Message}");
    }

    private static async Task AllFalseAsync(ConformanceTarget target, string yaml)
    {
        var service = await target.FailedAsync(await target.ApplyAsync<Service>(yaml));
        Told(service.Status.Conditions, "ConfigurationsReady");
        Expect.That(!service.Status.Conditions.IsTrue("RoutesReady"), "RoutesReady is True, and there is nothing to route to");
        var configuration = await target.WaitAsync<Configuration>("hello", static c => c.Status.Conditions.IsFalse("Ready"), "Ready=False");
        Told(configuration.Status.Conditions, "Ready");
        var revision = await target.WaitAsync<Revision>("hello-00001", static r => r.Status.Conditions.IsFalse("Ready"), "Ready=False");
        Told(revision.Status.Conditions, "Ready");
        await target.WaitAsync<Route>("hello", static r => r.Status.Conditions.IsFalse("Ready"), "Ready=False");
    }

    private static void Told(ValueList<Condition> conditions, string type)
    {
        var condition = Expect.Found(conditions.Find(type), type);
        Expect.Equal("False", condition.Status);
        Expect.Present(condition.Reason, $"{type}'s reason");
        Expect.Present(condition.Message, $"{type}'s message");
    }

    private static async Task ServiceAccountAsync(ConformanceTarget target) =>
        Expect.Contains(
            "serviceAccountName", (await target.RefusedAsync(Workload.Service(target, "hello", spec: "serviceAccountName: \"-no name-\""))).Message);

    private static async Task RoutesNotReadyAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var bad = await target.PatchAsync<Service>("hello", """{"spec":{"traffic":[{"revisionName":"hello-nowhere","percent":100}]}}""");
        var failed = await target.FailedAsync(bad);
        Expect.That(failed.Status.Conditions.IsFalse("RoutesReady"), "RoutesReady is not False");
        Expect.Equal("RevisionMissing", failed.Status.Conditions.Find("RoutesReady")!.Reason);
        await target.AnswersAsync(service.Status.Url!, Workload.Spaceport);
    }

    private static async Task BadBoundsAsync(ConformanceTarget target)
    {
        foreach (var annotations in (string[])
            ["autoscaling.knative.dev/min-scale: \"3\", autoscaling.knative.dev/max-scale: \"2\"", "autoscaling.knative.dev/target: \"0\"",
             "autoscaling.knative.dev/metric: \"love\"", "autoscaling.knative.dev/window: \"1s\""])
            Expect.Equal(true, (await target.RefusedAsync(Workload.Service(target, "hello", annotations: annotations))).Code is 400 or 422);
    }

    private static async Task BadTrafficAsync(ConformanceTarget target)
    {
        var service = Workload.Service(target, "hello");
        await target.RefusedAsync(service + "\n  traffic: [{ latestRevision: true, percent: 90 }]");
        await target.RefusedAsync(service + "\n  traffic: [{ latestRevision: true, percent: 50, tag: a }, { latestRevision: true, percent: 50, tag: a }]");
    }

    private static async Task TwoPortsAsync(ConformanceTarget target)
    {
        await target.RefusedAsync(Workload.Service(target, "hello", container: "ports: [{ containerPort: 8081 }, { containerPort: 8082 }]"));
        await target.RefusedAsync(Workload.Service(target, "hello", container: "ports: [{ containerPort: 8081, name: anything }]"));
        await target.RefusedAsync(Workload.Service(target, "hello", container: "securityContext: { runAsUser: -10 }"));
    }
}
