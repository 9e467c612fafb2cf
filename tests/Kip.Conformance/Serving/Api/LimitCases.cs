using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Api;

/// <summary>Timeouts and limits that a Revision declares.</summary>
internal static class LimitCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/api/timeout", "A request longer than timeoutSeconds is 504, unless its response had begun",
            "TestRevisionTimeout", TimeoutAsync),
        new("serving/api/response-start-timeout", "responseStartTimeoutSeconds ends a request whose response does not begin",
            "TestRevisionTimeout (response start)", ResponseStartAsync),
        new("serving/api/single-concurrency", "With containerConcurrency 1 no two requests meet in a pod",
            "TestSingleConcurrency", SingleConcurrencyAsync),
        new("serving/api/activator-overload", "A hundred requests at once to a sleeping Service of concurrency 1 are all answered",
            "TestActivatorOverload", OverloadAsync),
    ];

    private static async Task TimeoutAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "slow", spec: "timeoutSeconds: 2"));
        var url = service.Status.Url!;
        (await target.CallAsync($"{url}/timeout?initialTimeout=60000")).Is(504);
        await EventuallyAsync(target, $"{url}/timeout?initialTimeout=200");
        // The status is on its way with the first byte; what is cut off is the rest.
        await EventuallyAsync(target, $"{url}/timeout?timeout=60000", HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task ResponseStartAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "slow", spec: "timeoutSeconds: 20, responseStartTimeoutSeconds: 1"));
        (await target.CallAsync($"{service.Status.Url}/timeout?initialTimeout=60000")).Is(504);
        await EventuallyAsync(target, $"{service.Status.Url}/timeout?timeout=2000");
    }

    // A machine that is busy may need longer for a request than it is given; that one of them is in time shows what the limit lets pass.
    private static async Task EventuallyAsync(
        ConformanceTarget target, string url, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        var last = 0;
        await target.EventuallyAsync(async () =>
        {
            using var response = await target.Door.Client.GetAsync(url, completion, target.Deadline);
            return (last = (int)response.StatusCode) == 200;
        }, () => $"{url} is answered {last}");
    }

    private static async Task SingleConcurrencyAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(
            Workload.Service(target, "single", annotations: "autoscaling.knative.dev/max-scale: \"3\"", spec: "containerConcurrency: 1"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => target.CallAsync($"{service.Status.Url}/single")));
        Expect.Equal(200, answers.Count(static a => a.Status == 200));
    }

    private static async Task OverloadAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "busy", spec: "containerConcurrency: 1",
            annotations: "autoscaling.knative.dev/max-scale: \"4\", autoscaling.knative.dev/initial-scale: \"0\""));
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => target.CallAsync($"{service.Status.Url}/timeout?initialTimeout=50")));
        Expect.Equal(100, answers.Count(static a => a.Status == 200));
    }
}
