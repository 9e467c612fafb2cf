using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Host.Observability;

/// <summary>
/// Log lines as JSON objects with the keys of Knative's components: <c>severity timestamp logger message stacktrace</c>, and the values of the
/// message.
/// </summary>
internal sealed class JsonLogFormatter(TimeProvider time) : LogFormatter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("severity", SeverityOf(logEntry.LogLevel));
            json.WriteString("timestamp", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("logger", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.EventId.Id != 0) json.WriteNumber("event", logEntry.EventId.Id);
            WriteValues(json, logEntry.State);
            if (logEntry.Exception is { } exception) json.WriteString("stacktrace", exception.ToString());
            json.WriteEndObject();
        }
        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteValues<TState>(Utf8JsonWriter json, TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values) return;
        foreach (var (key, value) in values)
            if (key != "{OriginalFormat}" && key is not ("severity" or "timestamp" or "logger" or "message" or "event" or "stacktrace"))
                json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    private static string SeverityOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        _ => "CRITICAL",
    };
}
