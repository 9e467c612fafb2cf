using System.Text;
using System.Text.Json;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Scenarios;

/// <summary>The request log, read where Knative's clients read it: at the container queue-proxy of a pod.</summary>
internal static class RequestLogCases
{
    private const string Container = "queue-proxy";
    private const string Agent = "conformance";

    // One case: two that run side by side would switch it off for each other.
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "serving/traffic/request-logs",
            "With the request log on, a pod's queue-proxy tells of the requests and the readiness probes that the pod got, and of no others", "TestRequestLogs",
            LoggedAsync),
    ];

    private static async Task LoggedAsync(ConformanceTarget target)
    {
        await SetAsync(target, "\"true\"");
        try
        {
            const string One = "autoscaling.knative.dev/min-scale: \"1\", autoscaling.knative.dev/max-scale: \"1\"";
            const string Probe = "readinessProbe: { httpGet: { path: /healthz }, periodSeconds: 1 }";
            var service = await target.ReadyServiceAsync(Workload.Service(target, "logged", annotations: One, container: Probe));
            var other = await target.ReadyServiceAsync(Workload.Service(target, "other", annotations: One));
            var pod = (await target.ListAsync<Pod>($"{ServingLabels.Service}=logged")).Single().Metadata.Name;
            IReadOnlyList<string> lines = [];
            // When the setting counts, and when a line can be read, nobody says.
            await target.EventuallyAsync(async () =>
            {
                (await target.CallAsync($"{other.Status.Url}/elsewhere", $"User-Agent: {Agent}")).Is(200);
                (await target.CallAsync($"{service.Status.Url}/here", $"User-Agent: {Agent}")).Is(200);
                lines = await LinesAsync(target, pod);
                return lines.Any(static l => Request(l) is ("/here", Agent, 200)) && lines.Any(IsProbe);
            }, () => $"no request or no probe is in the log; there were {lines.Count} lines, the last {(lines is [.., var last] ? last : "none")}");
            Expect.That(!lines.Any(static l => Request(l) is ("/elsewhere", _, _)), "the log tells of a request that another pod got");
        }
        finally
        {
            await SetAsync(target, "null");
        }
    }

    private static bool IsProbe(string line) =>
        Request(line) is var (_, agent, status) && status == 200 && agent.StartsWith("kube-probe/", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> LinesAsync(ConformanceTarget target, string pod)
    {
        try
        {
            return (await target.LogAsync(pod, Container)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (ApiException none)
        {
            return [none.Message];
        }
    }

    // Knative's sidecar writes other lines, too, and not all of them are JSON.
    private static (string Url, string Agent, int Status)? Request(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (!document.RootElement.TryGetProperty("httpRequest", out var request)) return null;
            return (request.GetProperty("requestUrl").GetString()!, request.GetProperty("userAgent").GetString()!, request.GetProperty("status").GetInt32());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task SetAsync(ConformanceTarget target, string value)
    {
        var data = $$"""{"logging.enable-request-log":{{value}},"logging.enable-probe-request-log":{{value}}}""";
        await target.Resources.PatchAsync(
            ConfigMap.Definition, new("knative-serving", "config-observability"),
            new(PatchContentType.Merge, Encoding.UTF8.GetBytes($$"""{"data":{{data}}}""")), CancellationToken.None);
    }
}
