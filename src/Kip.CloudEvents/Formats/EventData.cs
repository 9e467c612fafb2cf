using System.Text.Json;
using System.Text.Unicode;
using Kip.CloudEvents.Formats.Protobuf;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Formats;

/// <summary>How an event's data is carried, as far as its content type and what is known about it decide.</summary>
internal static class EventData
{
    // Deep enough for any document, and no recursion reads them.
    internal const int MaxJsonDepth = 1024;

    /// <summary>The data as a body of its own, as in binary mode.</summary>
    internal static ReadOnlyMemory<byte> Body(CloudEvent cloudEvent) =>
        cloudEvent.DataKind == CloudEventDataKind.ProtobufAny ? ProtobufAny.ValueOf(cloudEvent.Data) : cloudEvent.Data;

    /// <summary>How a format that knows JSON, text and bytes carries the data.</summary>
    internal static CloudEventDataKind CarriedAs(CloudEvent cloudEvent)
    {
        if (cloudEvent.DataKind is not (CloudEventDataKind.Bytes or CloudEventDataKind.Text)) return cloudEvent.DataKind;
        // Bytes without a content type are nobody's text.
        if (cloudEvent.DataContentType is not { } contentType) return cloudEvent.DataKind;
        var bytes = cloudEvent.Data.Span;
        if (MediaType.IsJson(contentType)) return IsJson(bytes) ? CloudEventDataKind.Json : CloudEventDataKind.Bytes;
        if (cloudEvent.DataKind == CloudEventDataKind.Text) return CloudEventDataKind.Text;
        return MediaType.IsUtf8Text(contentType) && Utf8.IsValid(bytes) ? CloudEventDataKind.Text : CloudEventDataKind.Bytes;
    }

    /// <summary>Whether the bytes are exactly one JSON value.</summary>
    internal static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !Utf8.IsValid(bytes)) return false;
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxJsonDepth });
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
