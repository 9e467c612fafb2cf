using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kip.Client;
using Kip.Controllers.Scaling;
using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Rules.Scaling.Simulation;
using Kip.Traffic.Observability;
using Microsoft.AspNetCore.Http;

namespace Kip.Host.Platform.Insight;

/// <summary>What the platform tells of a service beyond its resources, behind the API's credentials.</summary>
/// <remarks>
/// <c>GET /kip/decisions/NAMESPACE</c>: the autoscaler's last decision about each revision, as JSON. <c>GET /kip/requests/NAMESPACE/SERVICE</c>: a
/// service's requests as they end, as lines of a trace (<see cref="TraceCsv"/>), until the client goes.
/// </remarks>
internal sealed class ServiceInsight(AutoscalerLoop autoscaler, IResources resources, RequestTaps taps, CancellationToken stopping)
{
    public const string Decisions = "/kip/decisions";
    public const string Requests = "/kip/requests";

    /// <summary>The endpoints by the beginning of their paths.</summary>
    public static IEnumerable<KeyValuePair<string, RequestDelegate>> Endpoints(
        AutoscalerLoop autoscaler, IResources resources, RequestTaps taps, CancellationToken stopping)
    {
        var insight = new ServiceInsight(autoscaler, resources, taps, stopping);
        return [new(Decisions, insight.DecisionsAsync), new(Requests, insight.RequestsAsync)];
    }

    private async Task DecisionsAsync(HttpContext http)
    {
        if (Rest(http, Decisions) is not [var @namespace]) throw ApiException.BadRequest($"the path is {Decisions}/NAMESPACE");
        var all = await resources.ListAsync<PodAutoscaler>(new ListOptions { Namespace = @namespace }, http.RequestAborted);
        var told = new DecisionList([.. all.Select(Tell).OfType<DecisionOfRevision>()]);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(JsonSerializer.Serialize(told, InsightJson.Default.DecisionList), http.RequestAborted);
    }

    private DecisionOfRevision? Tell(PodAutoscaler revision) => autoscaler.DecisionsOf(revision.Key) is [.., var last]
        ? new(revision.Metadata.Name, last.Time, last.DesiredByLoad, last.Desired, last.Reason)
        : null;

    private async Task RequestsAsync(HttpContext http)
    {
        if (Rest(http, Requests) is not [var @namespace, var service]) throw ApiException.BadRequest($"the path is {Requests}/NAMESPACE/SERVICE");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        using var tap = taps.Open(new NamespacedName(@namespace, service));
        http.Response.ContentType = "text/csv; charset=utf-8";
        await http.Response.WriteAsync($"# requests to {@namespace}/{service}\n{TraceCsv.Header}\n", end.Token);
        await http.Response.Body.FlushAsync(end.Token);
        try
        {
            await CopyAsync(tap, http.Response, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has enough, or the platform stops.
        }
    }

    private static async Task CopyAsync(RequestTaps.Tap tap, HttpResponse response, CancellationToken cancel)
    {
        var lines = new StringBuilder();
        var missed = 0L;
        while (await tap.Requests.WaitToReadAsync(cancel))
        {
            while (lines.Length < 64 * 1024 && tap.Requests.TryRead(out var seen))
                lines.Append(TraceCsv.Format(new TraceRequest(seen.Arrived - DateTimeOffset.UnixEpoch, seen.Served, seen.Path))).Append('\n');
            if (tap.Missed > missed)
                lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"# {(missed = tap.Missed)} requests so far did not fit and are missing\n");
            await response.WriteAsync(lines.ToString(), cancel);
            await response.Body.FlushAsync(cancel);
            lines.Clear();
        }
    }

    private static string[] Rest(HttpContext http, string prefix) =>
        (http.Request.Path.Value ?? "")[prefix.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The body of <c>/kip/decisions</c>.</summary>
internal sealed record DecisionList(IReadOnlyList<DecisionOfRevision> Decisions);

/// <summary>The autoscaler's last word about a revision.</summary>
/// <param name="Called">Pods that the load calls for, before the scale-down delay.</param>
/// <param name="Desired">Pods wanted, before bounds.</param>
internal sealed record DecisionOfRevision(string Revision, DateTimeOffset Time, int Called, int Desired, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DecisionList))]
internal sealed partial class InsightJson : JsonSerializerContext;
