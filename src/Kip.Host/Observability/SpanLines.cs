using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenTelemetry;

namespace Kip.Host.Observability;

/// <summary>Writes each span as a line of JSON: <c>tracing-protocol: stdout</c>.</summary>
internal sealed class SpanLines(TextWriter output) : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch) output.WriteLine(Line(span));
        return ExportResult.Success;
    }

    private static string Line(Activity span)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", span.DisplayName);
            json.WriteString("kind", span.Kind.ToString().ToUpperInvariant());
            json.WriteString("traceId", span.TraceId.ToString());
            json.WriteString("spanId", span.SpanId.ToString());
            if (span.ParentSpanId != default) json.WriteString("parentSpanId", span.ParentSpanId.ToString());
            json.WriteString("start", span.StartTimeUtc);
            json.WriteNumber("durationMs", span.Duration.TotalMilliseconds);
            if (span.Status != ActivityStatusCode.Unset) json.WriteString("status", span.Status.ToString());
            json.WriteStartObject("attributes");
            foreach (var (key, value) in span.EnumerateTagObjects()) json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
