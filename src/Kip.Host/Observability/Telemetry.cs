using Kip.Client.Informers;
using Kip.Host.Platform;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Rules.RequestLogs;
using Kip.Rules.Serving.Configs;
using Kip.Runtime.Logs;
using Kip.Traffic;
using Kip.Traffic.Observability;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Observability;

/// <summary>What the platform tells of its work, as <c>config-observability</c> says and as soon as it says so: metrics, traces, the request log.</summary>
/// <remarks>While everything is off nothing is listened to, and no library for it is loaded. See docs/decisions/0009-observability.md.</remarks>
internal sealed partial class Telemetry : IAsyncDisposable
{
    private static readonly NamespacedName MapName = new(PlatformConfig.SystemNamespace, ObservabilityConfig.MapName);

    private readonly Lock _lock = new();
    private readonly Gateway _gateway;
    private readonly ILogger _logger;
    private readonly LineFile _file;
    private readonly PodRequestLogs _pods;
    private readonly IDisposable _subscription;
    private ObservabilityConfig _config = new();
    private Exporting? _exporting;
    private bool _disposed;

    /// <param name="informers">Where config-observability is followed.</param>
    /// <param name="data">Where the request log is written: <c>requests.log</c>.</param>
    /// <param name="pods">Where it is written once more, pod by pod.</param>
    public Telemetry(Gateway gateway, InformerSet informers, DataFolder data, PodRequestLogs pods, TimeProvider time, ILoggerFactory loggers)
    {
        (_gateway, _pods) = (gateway, pods);
        _logger = loggers.CreateLogger<Telemetry>();
        _file = new(data.RequestLog, time, loggers);
        _subscription = informers.Subscribe<ConfigMap>(OnConfigMap);
    }

    /// <summary>The metrics in Prometheus' text form, or null when none are collected for it.</summary>
    public string? Scrape()
    {
        lock (_lock) return _exporting?.Scrape();
    }

    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        _gateway.RequestLog = null;
        lock (_lock)
        {
            _disposed = true;
            _exporting?.Dispose();
            _exporting = null;
        }
        await _file.DisposeAsync();
    }

    private void OnConfigMap(ResourceChange<ConfigMap> change)
    {
        if (change.Key != MapName) return;
        // Wrong values were refused when the map was written; what is left of them is at its default.
        var config = ObservabilityConfig.Parse(change.New?.Data ?? default, out _);
        lock (_lock)
        {
            if (_disposed) return;
            SetRequestLog(config);
            if (Exporting.Differs(config, _config)) SetExporting(config);
            _config = config;
        }
    }

    private void SetRequestLog(ObservabilityConfig config)
    {
        _pods.IsOn = config.EnableRequestLog;
        if (!config.EnableRequestLog)
        {
            _gateway.RequestLog = null;
            _pods.Probes = null;
            return;
        }
        var template = RequestLogTemplate.Default;
        if (config.RequestLogTemplate is { Length: > 0 } text)
        {
            if (RequestLogTemplate.Parse(text, out var error) is { } parsed) template = parsed;
            else LogBadTemplate(error);
        }
        _pods.Probes = config.EnableProbeRequestLog ? template : null;
        _gateway.RequestLog = new RequestLog(template, config.EnableProbeRequestLog, _file.Write) { WriteOf = _pods.Write };
    }

    private void SetExporting(ObservabilityConfig config)
    {
        _exporting?.Dispose();
        _exporting = Exporting.IsAnythingOn(config) ? Start(config) : null;
    }

    private Exporting? Start(ObservabilityConfig config)
    {
        try
        {
            return new Exporting(config);
        }
        catch (Exception e) when (e is UriFormatException or ArgumentException)
        {
            LogBadEndpoint(e.Message);
            return null;
        }
    }

    [LoggerMessage(
        1501, LogLevel.Warning, "logging.request-log-template of config-observability cannot be used, the default line is written instead: {reason}")]
    private partial void LogBadTemplate(string reason);

    [LoggerMessage(1502, LogLevel.Warning, "Nothing is exported: an endpoint of config-observability cannot be used: {reason}")]
    private partial void LogBadEndpoint(string reason);
}
