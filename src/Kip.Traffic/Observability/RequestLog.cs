using Kip.Resources;
using Kip.Rules.RequestLogs;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;

namespace Kip.Traffic.Observability;

/// <summary>What the gateway writes of each request. Replaced as a whole when the settings change.</summary>
/// <param name="Template">What a line says.</param>
/// <param name="Probes">Whether probes of the network are written, too.</param>
/// <param name="Write">Takes a line without its end; must not wait.</param>
public sealed record RequestLog(RequestLogTemplate Template, bool Probes, Action<string> Write)
{
    /// <summary>Takes a line about a request that reached a pod, beside <see cref="Write"/>; must not wait.</summary>
    /// <value>Null: nobody asks pod by pod.</value>
    public Action<NamespacedName, string>? WriteOf { get; init; }

    internal void Note(GatewayRequest request, RevisionBackend? backend, PodTracker? pod, TimeProvider time)
    {
        ref var trace = ref request.Trace;
        var settings = backend?.Settings;
        var line = Template.Render(new()
        {
            Request = new RequestFacts(request),
            Code = request.Response.StatusCode,
            Size = request.ResponseBytes,
            Latency = time.GetElapsedTime(trace.Received, trace.Done).TotalSeconds,
            Wait = trace.Waited && trace.PodReady != 0 ? time.GetElapsedTime(trace.Queued, trace.PodReady).TotalSeconds : 0,
            Time = time.GetUtcNow() - time.GetElapsedTime(trace.Received),
            Name = backend?.Name.Name ?? "",
            Namespace = backend?.Name.Namespace ?? "",
            Service = settings?.Service ?? "",
            Configuration = settings?.Configuration ?? "",
            PodName = pod?.Pod.Name ?? "",
            PodIP = pod?.EndPoint.Address.ToString() ?? "",
            TraceId = TraceIdOf(request),
            RequestId = request.RequestId ?? "",
        });
        Write(line);
        if (pod is not null) WriteOf?.Invoke(pod.Pod, line);
    }

    private static string TraceIdOf(GatewayRequest request)
    {
        if (request.Span is { } span) return span.TraceId.ToString();
        var parent = request.Http.Headers.TraceParent.ToString();
        return parent.Split('-') is [_, var trace, ..] ? trace : request.Http.Headers["X-B3-Traceid"].ToString();
    }

    private sealed class RequestFacts(GatewayRequest request) : IRequestFacts
    {
        public string Method => request.Http.Method;

        public string RequestUri => $"{request.Http.PathBase.ToUriComponent()}{request.Http.Path.ToUriComponent()}{request.Http.QueryString}";

        public string Path => request.Http.Path.Value ?? "";

        public string Query => request.Http.QueryString.Value?.TrimStart('?') ?? "";

        public string Host => request.Http.Headers.Host.ToString();

        public string Proto => request.Http.Protocol switch { "HTTP/2" => "HTTP/2.0", var other => other };

        public long ContentLength => request.Http.ContentLength ?? (request.HasBody ? -1 : 0);

        public string RemoteAddr => $"{request.Context.Connection.RemoteIpAddress}:{request.Context.Connection.RemotePort}";

        public IReadOnlyList<string> Header(string name) => [.. request.Http.Headers[name].Select(static v => v ?? "")];
    }
}
