using System.Buffers;
using Kip.CloudEvents.Formats;

namespace Kip.CloudEvents.Http;

/// <summary>Writes events as HTTP messages.</summary>
public static class CloudEventHttpWriter
{
    /// <summary>Adds the headers of the event in binary mode; the body is what is returned: the event's own memory, not a copy.</summary>
    public static ReadOnlyMemory<byte> WriteBinary<THeaders>(CloudEvent cloudEvent, ref THeaders headers)
        where THeaders : ICloudEventHeaders, allows ref struct
    {
        if (ContentTypeOf(cloudEvent) is { } contentType) headers.Add("Content-Type", contentType);
        foreach (var (name, value) in cloudEvent.Attributes)
        {
            if (name == AttributeNames.DataContentType) continue;
            headers.Add(AttributeNames.Header(name), HeaderValue.Encode(value.ToString()));
        }
        return EventData.Body(cloudEvent);
    }

    /// <summary>Adds the content type of the event in structured mode and writes the body.</summary>
    public static void WriteStructured<THeaders>(CloudEvent cloudEvent, EventFormat format, ref THeaders headers, IBufferWriter<byte> body)
        where THeaders : ICloudEventHeaders, allows ref struct
    {
        headers.Add("Content-Type", format.EventContentType);
        format.Write(cloudEvent, body);
    }

    /// <summary>Adds the content type of a batch and writes the body.</summary>
    /// <exception cref="NotSupportedException">The format has no batches.</exception>
    /// <exception cref="ArgumentException">The events are of different versions of the specification.</exception>
    public static void WriteBatch<THeaders>(
        IReadOnlyList<CloudEvent> events, EventFormat format, ref THeaders headers, IBufferWriter<byte> body)
        where THeaders : ICloudEventHeaders, allows ref struct
    {
        format.WriteBatch(events, body);
        headers.Add("Content-Type", format.BatchContentType!);
    }

    /// <summary>The content type in binary mode; null when the event has none and none may be invented.</summary>
    public static string? ContentTypeOf(CloudEvent cloudEvent) => cloudEvent.DataContentType ?? cloudEvent.DataKind switch
    {
        // The JSON format's default becomes explicit when the event leaves that format.
        CloudEventDataKind.Json => "application/json",
        CloudEventDataKind.ProtobufAny => "application/protobuf",
        _ => null,
    };
}
