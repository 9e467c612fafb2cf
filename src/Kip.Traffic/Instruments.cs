using System.Diagnostics.Metrics;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;

namespace Kip.Traffic;

/// <summary>The gateway's metrics; names and attributes are the Knative activator's and queue-proxy's where they have one.</summary>
internal sealed class Instruments : IDisposable
{
    public const string MeterName = "Kip.Traffic";

    // Bounds in seconds, as Knative's latency histograms have them.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _coldStart;
    private readonly UpDownCounter<long> _queued;

    public Instruments(TimeProvider time)
    {
        _time = time;
        _duration = _meter.CreateHistogram("kn.serving.invocation.duration", "s", "From a request's arrival to its last byte", null, Seconds);
        _coldStart = _meter.CreateHistogram("kip.gateway.wait.duration", "s", "How long requests waited for a pod", null, Seconds);
        _queued = _meter.CreateUpDownCounter<long>("kn.revision.request.queued", "{request}", "Requests waiting for a pod");
    }

    /// <summary>A request entered the queue (1) or left it (-1).</summary>
    public void Queued(RevisionBackend backend, int change)
    {
        if (_queued.Enabled) _queued.Add(change, new("kn.revision.name", backend.Name.Name), new("k8s.namespace.name", backend.Name.Namespace));
    }

    /// <summary>A request is over.</summary>
    public void Served(RevisionBackend backend, GatewayRequest request, RevisionSettings settings)
    {
        ref var trace = ref request.Trace;
        if (_coldStart.Enabled && trace.Waited && trace.PodReady != 0)
            _coldStart.Record(_time.GetElapsedTime(trace.Queued, trace.PodReady).TotalSeconds, Name(backend), Namespace(backend), Service(settings));
        if (!_duration.Enabled) return;
        _duration.Record(_time.GetElapsedTime(trace.Received, trace.Done).TotalSeconds, Name(backend), Namespace(backend), Service(settings),
            new("http.response.status_code", request.Response.StatusCode));
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Name(RevisionBackend backend) => new("kn.revision.name", backend.Name.Name);

    private static KeyValuePair<string, object?> Namespace(RevisionBackend backend) => new("k8s.namespace.name", backend.Name.Namespace);

    private static KeyValuePair<string, object?> Service(RevisionSettings settings) => new("kn.service.name", settings.Service);
}
