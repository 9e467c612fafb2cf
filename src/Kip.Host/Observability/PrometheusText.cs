using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Kip.Host.Observability;

/// <summary>Metrics in Prometheus' text form (version 0.0.4), with names translated as OpenTelemetry prescribes: underscores, unit, <c>_total</c>.</summary>
internal sealed class PrometheusText
{
    /// <summary>What the text is served as.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public PrometheusText() =>
        Reader = new BaseExportingMetricReader(new Exporter(_text)) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };

    /// <summary>Give it to the provider whose metrics are to be told.</summary>
    public MetricReader Reader { get; }

    /// <summary>The metrics as they are now. One caller at a time.</summary>
    public string Scrape()
    {
        _text.Clear();
        Reader.Collect();
        return _text.ToString();
    }

    /// <summary>A metric's name for Prometheus.</summary>
    internal static string NameOf(string name, string unit, bool isCounter)
    {
        var text = new StringBuilder(name.Length + 16);
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) || c == ':' ? c : '_');
        var suffix = UnitOf(unit);
        if (suffix.Length > 0 && !text.ToString().EndsWith(suffix, StringComparison.Ordinal)) text.Append('_').Append(suffix);
        if (isCounter) text.Append("_total");
        return text.ToString();
    }

    // Units in braces are only notes for people.
    private static string UnitOf(string unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "1" => "ratio",
        _ when unit.EndsWith("/s", StringComparison.Ordinal) => "per_second",
        _ => "",
    };

    private sealed class Exporter(StringBuilder text) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch) Write(metric);
            return ExportResult.Success;
        }

        private void Write(Metric metric)
        {
            var isCounter = metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;
            var name = NameOf(metric.Name, metric.Unit, isCounter);
            if (metric.Description.Length > 0) text.Append("# HELP ").Append(name).Append(' ').Append(metric.Description.ReplaceLineEndings(" ")).Append('\n');
            text.Append("# TYPE ").Append(name).Append(metric.MetricType is MetricType.Histogram ? " histogram\n" : isCounter ? " counter\n" : " gauge\n");
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (metric.MetricType == MetricType.Histogram) WriteHistogram(name, point);
                else Line(name, "", point, null, ValueOf(metric.MetricType, point));
            }
        }

        private static double ValueOf(MetricType type, in MetricPoint point) => type switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
            MetricType.LongGauge => point.GetGaugeLastValueLong(),
            _ => point.GetGaugeLastValueDouble(),
        };

        private void WriteHistogram(string name, in MetricPoint point)
        {
            var count = 0L;
            foreach (var bucket in point.GetHistogramBuckets())
            {
                count += bucket.BucketCount;
                Line(name, "_bucket", point, double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound), count);
            }
            Line(name, "_sum", point, null, point.GetHistogramSum());
            Line(name, "_count", point, null, point.GetHistogramCount());
        }

        private void Line(string name, string suffix, in MetricPoint point, string? bound, double value)
        {
            text.Append(name).Append(suffix);
            var separator = '{';
            foreach (var (key, tag) in point.Tags)
            {
                Label(separator, key, Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "");
                separator = ',';
            }
            if (bound is not null)
            {
                Label(separator, "le", bound);
                separator = ',';
            }
            if (separator == ',') text.Append('}');
            text.Append(' ').Append(Number(value)).Append('\n');
        }

        private void Label(char separator, string key, string value)
        {
            text.Append(separator);
            foreach (var c in key) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            text.Append("=\"").Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        }

        private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
    }
}
