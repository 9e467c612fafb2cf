using System.Buffers;

namespace Kip.CloudEvents.Formats.Avro;

/// <summary>The Avro format: record <c>io.cloudevents.AvroCloudEvent</c>. There are no batches in it.</summary>
/// <remarks>
/// JSON data is written as bytes with its content type: the schema's own form for JSON values cannot say every value exactly. It is read.
/// </remarks>
internal sealed class AvroEventFormat : EventFormat
{
    public override string EventContentType => "application/cloudevents+avro";

    public override string? BatchContentType => null;

    public override bool TryRead(
        ReadOnlyMemory<byte> body,
        CloudEventStrictness strictness,
        [NotNullWhen(true)] out CloudEvent? read,
        [NotNullWhen(false)] out CloudEventError? error)
    {
        var builder = new CloudEventBuilder(strictness);
        var reader = new AvroReader(body);
        ReadAttributes(ref reader, builder);
        if (builder.Error is null && !reader.Malformed) ReadData(ref reader, builder);
        if (builder.Error is null && (reader.Malformed || !reader.AtEnd))
            builder.Fail(CloudEventRule.Format, null, "the body is not an Avro record AvroCloudEvent");
        return builder.TryBuild(out read, out error);
    }

    public override void Write(CloudEvent cloudEvent, IBufferWriter<byte> body)
    {
        var writer = new AvroWriter(body);
        var contentType = Http.CloudEventHttpWriter.ContentTypeOf(cloudEvent);
        var invented = cloudEvent.DataContentType is null && contentType is not null;
        writer.WriteLong(Count(cloudEvent) + (invented ? 1 : 0));
        foreach (var attribute in cloudEvent.Attributes) WriteAttribute(writer, attribute);
        if (invented) WriteAttribute(writer, new(AttributeNames.DataContentType, CloudEventValue.String(contentType!)));
        writer.WriteLong(0);
        WriteData(writer, cloudEvent);
    }

    private static int Count(CloudEvent cloudEvent)
    {
        var count = 0;
        foreach (var _ in cloudEvent.Attributes) count++;
        return count;
    }

    private static void WriteAttribute(AvroWriter writer, CloudEventAttribute attribute)
    {
        var (name, value) = attribute;
        writer.WriteText(name);
        switch (value.Type)
        {
            case CloudEventType.Boolean:
                value.TryGetBoolean(out var boolean);
                writer.WriteLong(AttributeBranch.Boolean);
                writer.WriteBoolean(boolean);
                break;
            case CloudEventType.Integer:
                value.TryGetInteger(out var integer);
                writer.WriteLong(AttributeBranch.Int);
                writer.WriteLong(integer);
                break;
            case CloudEventType.Binary:
                writer.WriteLong(AttributeBranch.Bytes);
                writer.WriteBytes(value.TryGetBinary());
                break;
            default:
                writer.WriteLong(AttributeBranch.String);
                writer.WriteText(value.ToString());
                break;
        }
    }

    private static void WriteData(AvroWriter writer, CloudEvent cloudEvent)
    {
        switch (cloudEvent.DataKind)
        {
            case CloudEventDataKind.None:
                writer.WriteLong(DataBranch.Null);
                break;
            case CloudEventDataKind.Text:
                writer.WriteLong(DataBranch.String);
                writer.WriteBytes(cloudEvent.Data.Span);
                break;
            default:
                writer.WriteLong(DataBranch.Bytes);
                writer.WriteBytes(EventData.Body(cloudEvent).Span);
                break;
        }
    }

    private static void ReadAttributes(ref AvroReader reader, CloudEventBuilder builder)
    {
        for (var left = reader.Block(); left > 0; left = reader.Block())
        {
            for (; left > 0 && !reader.Malformed && builder.Error is null; left--)
            {
                var name = AttributeNames.ShareIfValid(reader.Text());
                var value = ReadAttribute(ref reader);
                if (value is { } set && !reader.Malformed) builder.Set(name, set);
            }
            if (builder.Error is not null) return;
        }
    }

    private static CloudEventValue? ReadAttribute(ref AvroReader reader)
    {
        switch (reader.Long())
        {
            case AttributeBranch.Null:
                return null;
            case AttributeBranch.Boolean:
                return CloudEventValue.Boolean(reader.Boolean());
            case AttributeBranch.Int:
                return CloudEventValue.Integer(reader.Int());
            case AttributeBranch.String:
                return CloudEventValue.String(reader.Text());
            case AttributeBranch.Bytes:
                return CloudEventValue.Binary(reader.Bytes().Span);
            default:
                reader.Fail();
                return null;
        }
    }

    private static void ReadData(ref AvroReader reader, CloudEventBuilder builder)
    {
        var before = reader;
        switch (reader.Long())
        {
            case DataBranch.Bytes:
                builder.SetData(CloudEventDataKind.Bytes, reader.Bytes());
                break;
            case DataBranch.Null:
                break;
            case DataBranch.String:
                builder.SetData(CloudEventDataKind.Text, reader.Utf8Text());
                break;
            default:
                reader = before;
                builder.SetData(CloudEventDataKind.Json, AvroJsonData.Read(ref reader));
                if (builder.ContentType is null && !reader.Malformed) builder.Set(AttributeNames.DataContentType, "application/json");
                break;
        }
    }
}
