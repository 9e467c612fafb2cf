using System.Net;
using Kip.Client.Informers;
using Kip.Controllers.Scaling;
using Kip.Host.Observability;
using Kip.Runtime.Logs;
using Kip.Traffic;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform;

/// <summary>Metrics, traces and logs of the running platform, put together.</summary>
internal sealed class ObservabilityParts : IAsyncDisposable
{
    private readonly Meters _meters = new();
    private readonly Telemetry _telemetry;
    private IAsyncDisposable? _server;

    private ObservabilityParts(Telemetry telemetry, MetricsEndpoint endpoint) => (_telemetry, Endpoint) = (telemetry, endpoint);

    /// <summary>What is to be answered behind the API's credentials at <see cref="MetricsEndpoint.ApiPath"/>.</summary>
    public MetricsEndpoint Endpoint { get; }

    /// <summary>Where metrics are read without credentials; null when nowhere.</summary>
    public IPEndPoint? Listening { get; private set; }

    /// <exception cref="IOException">The port for metrics is in use.</exception>
    public static async Task<ObservabilityParts> StartAsync(
        PlatformOptions options, Gateway gateway, PodRequestLogs pods, AutoscalerLoop autoscaler, InformerSet informers, TimeProvider time,
        ILoggerFactory loggers, CancellationToken cancel)
    {
        var telemetry = new Telemetry(gateway, informers, options.Data, pods, time, loggers);
        var parts = new ObservabilityParts(telemetry, new(telemetry.Scrape, () => gateway.Ready.IsCompletedSuccessfully));
        _ = new ScalingInstruments(parts._meters, autoscaler);
        if (options.Metrics is { } endPoint) (parts._server, parts.Listening) = await parts.Endpoint.ListenAsync(endPoint, loggers, cancel);
        return parts;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        await _telemetry.DisposeAsync();
        _meters.Dispose();
    }
}
