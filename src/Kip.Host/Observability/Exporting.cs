using Kip.Host.Commands;
using Kip.Rules.Serving.Configs;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Kip.Host.Observability;

/// <summary>Metrics and traces on their way out: collected by OpenTelemetry's SDK, for Prometheus to fetch or sent by OTLP.</summary>
internal sealed class Exporting : IDisposable
{
    // More series than this of one metric are counted together. The SDK keeps room for all of them from the start, so the runtime's own get less.
    private const int MaxSeries = 2_000;
    private const int MaxRuntimeSeries = 64;

    private const string RuntimeMeter = "System.Runtime";

    private static readonly string[] RequestMeters = ["Kip.Traffic", "Kip.Broker"];
    private static readonly string[] PlatformMeters = ["Kip.Autoscaler", "Kip.Client", "Kip.Controllers", "Kip.Runtime", "Kip.Images", RuntimeMeter];
    private static readonly string[] Sources = ["Kip.Traffic", "Kip.Broker"];

    private readonly List<IDisposable> _providers = [];
    private readonly List<PrometheusText> _scraped = [];

    /// <exception cref="UriFormatException">An endpoint is no URL.</exception>
    public Exporting(ObservabilityConfig config)
    {
        try
        {
            AddMetrics(RequestMeters, config.RequestMetricsProtocol, config.RequestMetricsEndpoint, config.RequestMetricsExportInterval);
            AddMetrics(PlatformMeters, config.MetricsProtocol, config.MetricsEndpoint, config.MetricsExportInterval);
            if (config.TracingProtocol != ObservabilityConfig.None) AddTraces(config);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public static bool IsAnythingOn(ObservabilityConfig config) =>
        config.MetricsProtocol != ObservabilityConfig.None || config.RequestMetricsProtocol != ObservabilityConfig.None
        || config.TracingProtocol != ObservabilityConfig.None;

    /// <summary>Whether two settings ask for different exporting; those of logs do not count.</summary>
    public static bool Differs(ObservabilityConfig a, ObservabilityConfig b) => Key(a) != Key(b);

    /// <summary>The metrics as they are now; null when Prometheus is to fetch none.</summary>
    public string? Scrape() => _scraped.Count == 0 ? null : string.Concat(_scraped.Select(static text => text.Scrape()));

    public void Dispose()
    {
        foreach (var provider in _providers) provider.Dispose();
    }

    private static string Key(ObservabilityConfig c) => (
        (c.MetricsProtocol, c.MetricsEndpoint, c.MetricsExportInterval), (c.RequestMetricsProtocol, c.RequestMetricsEndpoint, c.RequestMetricsExportInterval),
        (c.TracingProtocol, c.TracingEndpoint, c.TracingSamplingRate)).ToString();

    private void AddMetrics(string[] meters, string protocol, string endpoint, TimeSpan? interval)
    {
        if (protocol == ObservabilityConfig.None) return;
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource()).AddMeter(meters)
            .AddView(static instrument => new MetricStreamConfiguration
            {
                CardinalityLimit = instrument.Meter.Name == RuntimeMeter ? MaxRuntimeSeries : MaxSeries,
            });
        if (protocol == ObservabilityConfig.Prometheus)
        {
            var text = new PrometheusText();
            _scraped.Add(text);
            builder.AddReader(text.Reader);
        }
        else
        {
            builder.AddOtlpExporter((exporter, reader) =>
            {
                Set(exporter, protocol, endpoint);
                if (interval is { } every) reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)every.TotalMilliseconds;
            });
        }
        _providers.Add(builder.Build());
    }

    private void AddTraces(ObservabilityConfig config)
    {
        var builder = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource()).AddSource(Sources);
        // What is written out on the spot is meant to be seen whole.
        if (config.TracingProtocol == ObservabilityConfig.Stdout)
            builder.SetSampler(new AlwaysOnSampler()).AddProcessor(new SimpleActivityExportProcessor(new SpanLines(Console.Out)));
        else
        {
            builder.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(config.TracingSamplingRate)))
                .AddOtlpExporter(exporter => Set(exporter, config.TracingProtocol, config.TracingEndpoint));
        }
        _providers.Add(builder.Build());
    }

    private static void Set(OtlpExporterOptions exporter, string protocol, string endpoint)
    {
        exporter.Protocol = protocol == ObservabilityConfig.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        // OTEL_* variables win, as they do in Knative.
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }) return;
        exporter.Endpoint = new(endpoint.Contains("://", StringComparison.Ordinal) ? endpoint : $"http://{endpoint}");
    }

    private static ResourceBuilder Resource() => ResourceBuilder.CreateDefault()
        .AddService(Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is { Length: > 0 } name ? name : "kip", serviceVersion: VersionCommand.Current,
            serviceInstanceId: Environment.MachineName);
}
