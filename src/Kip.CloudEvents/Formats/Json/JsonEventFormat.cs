using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Kip.CloudEvents.Formats.Json;

/// <summary>The JSON format (CloudEvents JSON format 1.0; section 4 of it for batches).</summary>
internal sealed class JsonEventFormat : EventFormat
{
    public override string EventContentType => "application/cloudevents+json; charset=utf-8";

    public override string BatchContentType => "application/cloudevents-batch+json; charset=utf-8";

    public override bool TryRead(
        ReadOnlyMemory<byte> body,
        CloudEventStrictness strictness,
        [NotNullWhen(true)] out CloudEvent? read,
        [NotNullWhen(false)] out CloudEventError? error)
    {
        read = null;
        if (!TryOpen(ref body, out var reader, out error)) return false;
        try
        {
            reader.Read();
            if (!new JsonEventReader(body, strictness).TryRead(ref reader, out read, out error)) return false;
            if (!reader.Read()) return true;
        }
        catch (JsonException e)
        {
            error = Malformed(e);
        }
        read = null;
        error ??= new(CloudEventRule.Format, null, "something follows the event in the body");
        return false;
    }

    public override bool TryReadBatch(
        ReadOnlyMemory<byte> body,
        CloudEventStrictness strictness,
        [NotNullWhen(true)] out IReadOnlyList<CloudEvent>? read,
        [NotNullWhen(false)] out CloudEventError? error)
    {
        read = null;
        if (!TryOpen(ref body, out var reader, out error)) return false;
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                read = ReadArray(new JsonEventReader(body, strictness), ref reader, out error);
                if (error is null) reader.Read();
                return error is null;
            }
            error = new(CloudEventRule.Batch, null, "a batch is a JSON array of events");
        }
        catch (JsonException e)
        {
            (read, error) = (null, Malformed(e));
        }
        return false;
    }

    public override void Write(CloudEvent cloudEvent, IBufferWriter<byte> body)
    {
        using var lease = JsonWriterLease.Rent(body);
        JsonEventWriter.Write(cloudEvent, lease.Writer);
        lease.Writer.Flush();
    }

    public override void WriteBatch(IReadOnlyList<CloudEvent> events, IBufferWriter<byte> body)
    {
        RequireOneVersion(events);
        using var lease = JsonWriterLease.Rent(body);
        lease.Writer.WriteStartArray();
        foreach (var cloudEvent in events) JsonEventWriter.Write(cloudEvent, lease.Writer);
        lease.Writer.WriteEndArray();
        lease.Writer.Flush();
    }

    private static List<CloudEvent>? ReadArray(JsonEventReader events, ref Utf8JsonReader reader, out CloudEventError? error)
    {
        var read = new List<CloudEvent>();
        error = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!events.TryRead(ref reader, out var one, out error))
            {
                error = error with { BatchIndex = read.Count };
                return null;
            }
            read.Add(one);
            error = CheckOneVersion(read);
            if (error is not null) return null;
        }
        return read;
    }

    private static bool TryOpen(
        ref ReadOnlyMemory<byte> body, out Utf8JsonReader reader, [NotNullWhen(false)] out CloudEventError? error)
    {
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = EventData.MaxJsonDepth });
        // The reader looks into strings only when they are taken out; what is kept as it is must be sound, too.
        error = Utf8.IsValid(body.Span) ? null : new(CloudEventRule.Format, null, "the body is not UTF-8");
        return error is null;
    }

    private static CloudEventError Malformed(JsonException e) => new(
        CloudEventRule.Format, null, $"the body is not JSON: line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}");
}
