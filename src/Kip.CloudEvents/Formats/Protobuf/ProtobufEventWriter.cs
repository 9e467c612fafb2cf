using System.Buffers;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Formats.Protobuf;

/// <summary>Writes one event as message CloudEvent.</summary>
internal static class ProtobufEventWriter
{
    internal static void Write(CloudEvent cloudEvent, IBufferWriter<byte> body)
    {
        var writer = new ProtobufWriter(body);
        writer.WriteText(EventFields.Id, cloudEvent.Id);
        writer.WriteText(EventFields.Source, cloudEvent.Source);
        writer.WriteText(EventFields.SpecVersion, cloudEvent.SpecVersionText);
        writer.WriteText(EventFields.Type, cloudEvent.Type);
        foreach (var (name, value) in cloudEvent.Attributes)
        {
            // The required attributes are fields and never in the map.
            if (name is AttributeNames.Id or AttributeNames.Source or AttributeNames.SpecVersion or AttributeNames.Type) continue;
            WriteAttribute(writer, name, value);
        }
        WriteData(writer, cloudEvent);
    }

    private static void WriteAttribute(ProtobufWriter writer, string name, CloudEventValue value)
    {
        var bytes = value.Type == CloudEventType.Binary ? value.TryGetBinary() ?? [] : null;
        var time = value.Type == CloudEventType.Timestamp ? TimeOf(value) : default;
        var size = value.Type switch
        {
            CloudEventType.Boolean => 2,
            CloudEventType.Integer => 1 + ProtobufWriter.VarintSize(Signed(value)),
            CloudEventType.Binary => ProtobufWriter.FieldSize(bytes!.Length),
            CloudEventType.Timestamp => ProtobufWriter.FieldSize(TimeSize(time)),
            _ => ProtobufWriter.TextSize(value.ToString()),
        };
        writer.WriteLength(EventFields.Attributes, ProtobufWriter.TextSize(name) + ProtobufWriter.FieldSize(size));
        writer.WriteText(EventFields.EntryKey, name);
        writer.WriteLength(EventFields.EntryValue, size);
        switch (value.Type)
        {
            case CloudEventType.Boolean:
                value.TryGetBoolean(out var boolean);
                writer.WriteNumber(EventFields.Boolean, boolean ? 1 : 0);
                break;
            case CloudEventType.Integer:
                writer.WriteNumber(EventFields.Integer, (long)Signed(value));
                break;
            case CloudEventType.Binary:
                writer.WriteBytes(EventFields.Bytes, bytes);
                break;
            case CloudEventType.Timestamp:
                writer.WriteLength(EventFields.Timestamp, TimeSize(time));
                WriteTime(writer, time);
                break;
            case CloudEventType.Uri:
                writer.WriteText(EventFields.Uri, value.ToString());
                break;
            case CloudEventType.UriReference:
                writer.WriteText(EventFields.UriReference, value.ToString());
                break;
            default:
                writer.WriteText(EventFields.String, value.ToString());
                break;
        }
    }

    private static void WriteData(ProtobufWriter writer, CloudEvent cloudEvent)
    {
        switch (EventData.CarriedAs(cloudEvent))
        {
            case CloudEventDataKind.None:
                return;
            case CloudEventDataKind.ProtobufAny:
                writer.WriteBytes(EventFields.ProtoData, cloudEvent.Data.Span);
                return;
            case CloudEventDataKind.Json when cloudEvent.DataContentType is null:
                // The JSON format's default becomes explicit when the event leaves that format.
                WriteAttribute(writer, AttributeNames.DataContentType, CloudEventValue.String("application/json"));
                writer.WriteBytes(EventFields.TextData, cloudEvent.Data.Span);
                return;
            case CloudEventDataKind.Json or CloudEventDataKind.Text:
                writer.WriteBytes(EventFields.TextData, cloudEvent.Data.Span);
                return;
            default:
                writer.WriteBytes(EventFields.BinaryData, cloudEvent.Data.Span);
                return;
        }
    }

    private static ulong Signed(CloudEventValue value)
    {
        value.TryGetInteger(out var number);
        return (ulong)(long)number;
    }

    private static int TimeSize((long Seconds, long Nanos) time) =>
        (time.Seconds == 0 ? 0 : 1 + ProtobufWriter.VarintSize((ulong)time.Seconds))
        + (time.Nanos == 0 ? 0 : 1 + ProtobufWriter.VarintSize((ulong)time.Nanos));

    private static void WriteTime(ProtobufWriter writer, (long Seconds, long Nanos) time)
    {
        if (time.Seconds != 0) writer.WriteNumber(EventFields.Seconds, time.Seconds);
        if (time.Nanos != 0) writer.WriteNumber(EventFields.Nanos, time.Nanos);
    }

    // A Timestamp message has no offset: the instant stays the same, written in UTC.
    private static (long Seconds, long Nanos) TimeOf(CloudEventValue value)
    {
        value.TryGetTimestamp(out var time);
        var seconds = Math.DivRem(time.UtcTicks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerSecond, out var rest);
        return (rest < 0 ? seconds - 1 : seconds, Rfc3339.NanosOf(value.ToString()));
    }
}
