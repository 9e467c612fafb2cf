using System.Diagnostics.Metrics;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;

namespace Kip.Traffic;

/// <summary>The gateway's metrics; names and attributes are the Knative activator's and queue-proxy's where they have one.</summary>
/// <remarks>
/// Attributes come from the platform's own objects and from status codes, never from what a client sends, so the number of series is bounded by the
/// number of revisions. While nobody listens an instrument costs one look at a field.
/// </remarks>
internal sealed class Instruments : IDisposable
{
    public const string MeterName = "Kip.Traffic";

    // Bounds in seconds, as Knative's latency histograms have them.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private static readonly InstrumentAdvice<long> Bytes = new()
    {
        HistogramBucketBoundaries = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _server;
    private readonly Histogram<long> _requestBytes;
    private readonly Histogram<long> _responseBytes;
    private readonly Histogram<double> _coldStart;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _retried;

    /// <param name="backends">The revisions to report gauges of.</param>
    /// <param name="inFlight">Requests in the gateway.</param>
    public Instruments(Func<IEnumerable<RevisionBackend>> backends, Func<int> inFlight, TimeProvider time)
    {
        _time = time;
        _duration = _meter.CreateHistogram("kn.serving.invocation.duration", "s", "From a request's arrival to its last byte", null, Seconds);
        _server = _meter.CreateHistogram("http.server.request.duration", "s", "Duration of HTTP server requests", null, Seconds);
        _requestBytes = _meter.CreateHistogram("http.server.request.body.size", "By", "Size of HTTP server request bodies, as far as stated", null, Bytes);
        _responseBytes = _meter.CreateHistogram("http.server.response.body.size", "By", "Size of HTTP server response bodies", null, Bytes);
        _coldStart = _meter.CreateHistogram("kip.gateway.wait.duration", "s", "How long requests waited for a pod", null, Seconds);
        // What is there now is asked for, not counted up and down: whoever begins to listen while a request is under way would see it leave only.
        _meter.CreateObservableUpDownCounter("kn.revision.request.queued", () => Measure(backends(), static b => b.Breaker.Waiting), "{request}",
            "Requests waiting for a pod");
        _meter.CreateObservableUpDownCounter("kn.revision.request.active",
            () => Measure(backends(), static b => Math.Max(b.Meter.InFlight - b.Breaker.Waiting, 0)), "{request}", "Requests at a pod");
        _shed = _meter.CreateCounter<long>("kip.gateway.request.shed", "{request}", "Requests refused because more came than could be served");
        _retried = _meter.CreateCounter<long>("kip.gateway.request.retried", "{request}", "Requests sent again after a connection that failed");
        _meter.CreateObservableGauge("kip.gateway.request.inflight", () => (long)inFlight(), "{request}", "Requests in the gateway");
        _meter.CreateObservableGauge("kn.revision.request.concurrency", () => Measure(backends(), static b => b.Meter.InFlight), "{request}",
            "Requests of a revision in the gateway, waiting ones included");
        // Knative's queue-proxy has this gauge only where there is a limit.
        _meter.CreateObservableGauge("kn.serving.queue.depth",
            () => Measure(backends().Where(static b => b.Settings is { ContainerConcurrency: > 0 }), static b => b.Meter.InFlight), "{request}",
            "Requests executing and waiting, of revisions with a limit");
    }

    /// <summary>Whether anybody listens to what requests took.</summary>
    public bool CountsRequests => _duration.Enabled || _server.Enabled;

    /// <summary>A request was refused because more come than can be served.</summary>
    public void Shed(RevisionBackend backend)
    {
        if (_shed.Enabled) _shed.Add(1, backend.Tags.AsSpan());
    }

    /// <summary>A request is sent again.</summary>
    public void Retried(RevisionBackend backend)
    {
        if (_retried.Enabled) _retried.Add(1, backend.Tags.AsSpan());
    }

    /// <summary>A request is over.</summary>
    public void Served(RevisionBackend backend, GatewayRequest request)
    {
        ref var trace = ref request.Trace;
        if (_coldStart.Enabled && trace.Waited && trace.PodReady != 0)
            _coldStart.Record(_time.GetElapsedTime(trace.Queued, trace.PodReady).TotalSeconds, backend.Tags.AsSpan());
        if (!CountsRequests) return;
        Served(backend, new ServedRequest(
            _time.GetElapsedTime(trace.Received, trace.Done), request.Response.StatusCode, request.Http.Method, RouteTag.Of(request.Http.Headers),
            request.Http.ContentLength, request.ResponseBytes));
    }

    /// <summary>A request is over that waited for nothing.</summary>
    public void Served(RevisionBackend backend, in ServedRequest request)
    {
        var seconds = request.Duration.TotalSeconds;
        KeyValuePair<string, object?>[] tags =
        [
            .. backend.Tags, new("http.response.status_code", request.Status), new("http.request.method", MethodOf(request.Method)),
            new("kn.route.tag", request.RouteTag),
        ];
        _duration.Record(seconds, tags.AsSpan(0, backend.Tags.Length + 1));
        _server.Record(seconds, tags);
        if (request.RequestBytes is { } sent) _requestBytes.Record(sent, tags);
        _responseBytes.Record(request.ResponseBytes, tags);
    }

    public void Dispose() => _meter.Dispose();

    // What a client calls its method must not make a series of its own.
    private static string MethodOf(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "PATCH" or "OPTIONS" or "TRACE" or "CONNECT" or "QUERY" ? method : "_OTHER";

    private static IEnumerable<Measurement<long>> Measure(IEnumerable<RevisionBackend> backends, Func<RevisionBackend, int> value)
    {
        foreach (var backend in backends) yield return new(value(backend), backend.Tags);
    }
}

/// <summary>What metrics tell of a request that is over.</summary>
/// <param name="RequestBytes">Of the body; null when its headers did not say.</param>
/// <param name="ResponseBytes">Of the body.</param>
internal readonly record struct ServedRequest(TimeSpan Duration, int Status, string Method, string RouteTag, long? RequestBytes, long ResponseBytes);
