using System.Text.Json;

namespace Kip.CloudEvents.Formats.Json;

/// <summary>Writes one event as a JSON object.</summary>
internal static class JsonEventWriter
{
    internal static void Write(CloudEvent cloudEvent, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in cloudEvent.Attributes)
        {
            switch (value.Type)
            {
                case CloudEventType.Boolean:
                    value.TryGetBoolean(out var boolean);
                    writer.WriteBoolean(name, boolean);
                    break;
                case CloudEventType.Integer:
                    value.TryGetInteger(out var integer);
                    writer.WriteNumber(name, integer);
                    break;
                default:
                    writer.WriteString(name, value.ToString());
                    break;
            }
        }
        WriteData(cloudEvent, writer);
        writer.WriteEndObject();
    }

    private static void WriteData(CloudEvent cloudEvent, Utf8JsonWriter writer)
    {
        switch (EventData.CarriedAs(cloudEvent))
        {
            case CloudEventDataKind.None:
                return;
            case CloudEventDataKind.Json:
                writer.WritePropertyName("data"u8);
                writer.WriteRawValue(cloudEvent.Data.Span, skipInputValidation: true);
                return;
            // Without a content type a string would be read as a JSON string.
            case CloudEventDataKind.Text when cloudEvent.DataContentType is not null:
                writer.WriteString("data"u8, cloudEvent.Data.Span);
                return;
            default:
                WriteBytes(cloudEvent, writer);
                return;
        }
    }

    private static void WriteBytes(CloudEvent cloudEvent, Utf8JsonWriter writer)
    {
        var bytes = EventData.Body(cloudEvent).Span;
        if (cloudEvent.SpecVersion == CloudEventSpecVersion.V1)
        {
            writer.WriteBase64String("data_base64"u8, bytes);
        }
        else if (cloudEvent.TryGetExtension(AttributeNames.DataContentEncoding, out _))
        {
            // The sender's bytes are base64 text already.
            writer.WriteString("data"u8, bytes);
        }
        else
        {
            writer.WriteString(AttributeNames.DataContentEncoding, "base64"u8);
            writer.WriteBase64String("data"u8, bytes);
        }
    }
}
