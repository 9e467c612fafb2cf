using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Serving.Configs;

/// <summary>What is told of the platform's work, and to whom: the ConfigMap <c>config-observability</c>.</summary>
public sealed record ObservabilityConfig
{
    public const string MapName = "config-observability";
    public const string None = "none";
    public const string Prometheus = "prometheus";
    public const string HttpProtobuf = "http/protobuf";
    public const string Grpc = "grpc";
    public const string Stdout = "stdout";

    public static readonly ObservabilityConfig Default = new();

    /// <summary>Where a Revision's log is read, with <c>${REVISION_UID}</c> in place of its uid.</summary>
    /// <value>Empty: <c>status.logUrl</c> is not set.</value>
    public string RevisionUrlTemplate { get; init; } = "";

    /// <summary>Whether a line is written for each request to a service.</summary>
    /// <value>False.</value>
    public bool EnableRequestLog { get; init; }

    /// <summary>What is written of each request; a line end follows by itself.</summary>
    /// <value>Empty: a line of JSON with the documented fields.</value>
    public string RequestLogTemplate { get; init; } = "";

    /// <summary>Whether probes are written down, too.</summary>
    /// <value>False.</value>
    public bool EnableProbeRequestLog { get; init; }

    /// <summary>How the platform's own metrics leave it.</summary>
    /// <value><c>none</c>; or <c>prometheus</c>, <c>http/protobuf</c>, <c>grpc</c>.</value>
    public string MetricsProtocol { get; init; } = None;

    /// <summary>Where they are sent, or for <c>prometheus</c> where they are asked for: host and port, or a URL.</summary>
    public string MetricsEndpoint { get; init; } = "";

    /// <summary>How often they are sent.</summary>
    /// <value>Null: the exporter's own.</value>
    public TimeSpan? MetricsExportInterval { get; init; }

    /// <summary>As <see cref="MetricsProtocol"/>, for the metrics of requests.</summary>
    public string RequestMetricsProtocol { get; init; } = None;

    /// <summary>As <see cref="MetricsEndpoint"/>.</summary>
    public string RequestMetricsEndpoint { get; init; } = "";

    /// <summary>As <see cref="MetricsExportInterval"/>.</summary>
    public TimeSpan? RequestMetricsExportInterval { get; init; }

    /// <summary>How traces leave the platform.</summary>
    /// <value><c>none</c>; or <c>http/protobuf</c>, <c>grpc</c>, <c>stdout</c>.</value>
    public string TracingProtocol { get; init; } = None;

    /// <summary>Where they are sent: a URL.</summary>
    public string TracingEndpoint { get; init; } = "";

    /// <summary>The share of traces that begin here which is kept.</summary>
    /// <value>From 0 (none) to 1 (all); 0.</value>
    public double TracingSamplingRate { get; init; }

    /// <summary>Reads the ConfigMap's data. A wrong value is left at its default and named in the errors.</summary>
    public static ObservabilityConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        if (data.IsEmpty)
        {
            errors = [];
            return Default;
        }
        var read = new ConfigReader(data);
        var config = new ObservabilityConfig
        {
            RevisionUrlTemplate = read.Text("logging.revision-url-template") ?? "",
            EnableRequestLog = read.Flag("logging.enable-request-log", false),
            RequestLogTemplate = Template(read),
            EnableProbeRequestLog = read.Flag("logging.enable-probe-request-log", false),
            MetricsProtocol = read.OneOf("metrics-protocol", None, None, Prometheus, HttpProtobuf, Grpc),
            MetricsEndpoint = read.Text("metrics-endpoint") ?? "",
            MetricsExportInterval = Interval(read, "metrics-export-interval"),
            RequestMetricsProtocol = read.OneOf("request-metrics-protocol", None, None, Prometheus, HttpProtobuf, Grpc),
            RequestMetricsEndpoint = read.Text("request-metrics-endpoint") ?? "",
            RequestMetricsExportInterval = Interval(read, "request-metrics-export-interval"),
            TracingProtocol = read.OneOf("tracing-protocol", None, None, HttpProtobuf, Grpc, Stdout),
            TracingEndpoint = read.Text("tracing-endpoint") ?? "",
            TracingSamplingRate = read.Number("tracing-sampling-rate", 0, 0, 1),
        };
        CheckEndpoint(read, "metrics", config.MetricsProtocol, config.MetricsEndpoint);
        CheckEndpoint(read, "request-metrics", config.RequestMetricsProtocol, config.RequestMetricsEndpoint);
        CheckEndpoint(read, "tracing", config.TracingProtocol, config.TracingEndpoint);
        RefuseWhatIsNotThere(read);
        errors = read.Errors;
        return config;
    }

    private static string Template(ConfigReader read)
    {
        const string Key = "logging.request-log-template";
        if (read.Text(Key) is not { } text) return "";
        return RequestLogs.RequestLogTemplate.Parse(text, out var error) is null ? read.Wrong(Key, error, "") : text;
    }

    private static TimeSpan? Interval(ConfigReader read, string key) =>
        read.Text(key) is null ? null : read.PositiveDuration(key, TimeSpan.FromSeconds(60));

    // Who sends must know where to; whoever does not would never find out that the address was meant for something.
    private static void CheckEndpoint(ConfigReader read, string prefix, string protocol, string endpoint)
    {
        if (protocol is HttpProtobuf or Grpc)
        {
            if (endpoint.Length == 0) read.Wrong($"{prefix}-endpoint", $"endpoint should be set when protocol is \"{protocol}\"", 0);
        }
        else if (protocol == None && endpoint.Length > 0)
            read.Wrong($"{prefix}-endpoint", $"endpoint should not be set when protocol is \"{protocol}\"", 0);
    }

    private static void RefuseWhatIsNotThere(ConfigReader read)
    {
        Interval(read, "runtime-export-interval");
        if (read.Flag("logging.enable-var-log-collection", false))
            read.Wrong("logging.enable-var-log-collection", "files below /var/log are not collected; write to standard output", 0);
        if (read.OneOf("runtime-profiling", "disabled", "enabled", "disabled") == "enabled")
            read.Wrong("runtime-profiling", "there is no profiling endpoint; use dotnet-trace and dotnet-counters with the platform's process id", 0);
    }
}
