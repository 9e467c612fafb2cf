using System.Globalization;
using Kip.ApiServer.Http.Verbs;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.RequestLogs;

namespace Kip.ApiServer.Http.Subresources;

/// <summary>Answers <c>/log</c>: what a container of a pod wrote, as text.</summary>
internal sealed class PodLogsSubresource(IPodLogs? logs, ResourceReads reads, TimeProvider time)
{
    /// <summary>Whether a call stays open until its client goes: then it counts as a stream.</summary>
    public static bool Follows(ApiCall call) => call.Path.Subresource == "log" && call.Parameters.Flag("follow");

    public async Task GetAsync(ApiCall call)
    {
        var pod = (Pod)reads.Find(call);
        var options = OptionsOf(call, pod);
        if (logs is null) throw ApiException.Of(501, "NotImplemented", "this API server keeps no logs: no pods run beside it");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel, call.Stopping);
        call.Http.Response.ContentType = "text/plain";
        try
        {
            await logs.CopyToAsync(call.Name, options, call.Http.Response.Body, ended.Token);
        }
        catch (OperationCanceledException) when (options.Follow && call.Stopping.IsCancellationRequested)
        {
            // The server stops: for a client that follows, that is the log's end.
        }
    }

    private PodLogOptions OptionsOf(ApiCall call, Pod pod)
    {
        var since = call.Parameters.Number("sinceSeconds");
        var sinceTime = call.Parameters.Text("sinceTime");
        if (since is not null && sinceTime is not null) throw Query.Forbidden("sinceTime", "at most one of `sinceTime` or `sinceSeconds` may be specified");
        return new PodLogOptions
        {
            Container = ContainerOf(call, pod),
            Follow = call.Parameters.Flag("follow"),
            Previous = call.Parameters.Flag("previous"),
            Timestamps = call.Parameters.Flag("timestamps"),
            SinceTime = sinceTime is not null ? TimeOf(sinceTime)
                : since is null ? null
                : time.GetUtcNow() - TimeSpan.FromSeconds(Positive("sinceSeconds", since.Value, int.MaxValue)),
            TailLines = call.Parameters.Number("tailLines") is { } lines ? (int)NotNegative("tailLines", lines) : null,
            LimitBytes = call.Parameters.Number("limitBytes") is { } bytes ? Positive("limitBytes", bytes, long.MaxValue) : null,
        };
    }

    private static string ContainerOf(ApiCall call, Pod pod)
    {
        var names = pod.Spec.InitContainers.Concat(pod.Spec.Containers).Select(static c => c.Name).ToList();
        if (call.Parameters.Text("container") is { } asked)
            return names.Contains(asked) || RequestLogContainer.IsMeant(pod, asked)
                ? asked
                : throw ApiException.BadRequest($"container {asked} is not valid for pod {pod.Metadata.Name}");
        if (names.Count == 1) return names[0];
        throw ApiException.BadRequest(
            $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{string.Join(' ', names)}]");
    }

    private static DateTimeOffset TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when) ? when
            : throw ApiException.BadRequest($"the query parameter sinceTime={text} is not a time such as 2026-01-31T12:00:00Z");

    private static long Positive(string name, long value, long most) =>
        value > 0 ? Math.Min(value, most) : throw Query.Forbidden(name, "it must be greater than 0");

    private static long NotNegative(string name, long value) =>
        value >= 0 ? Math.Min(value, int.MaxValue) : throw Query.Forbidden(name, "it must not be negative");
}
