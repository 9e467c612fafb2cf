using System.Text.Json;
using System.Text.Unicode;
using Kip.ApiServer.Patches;

namespace Kip.ApiServer.Protobuf;

/// <summary>Values that are one word in JSON, although some are messages on the wire.</summary>
internal static class ProtobufScalars
{
    private const int NanosecondsPerTick = 100;

    public static void Write(Utf8JsonWriter writer, ProtobufField field, ulong number, ReadOnlySpan<byte> bytes)
    {
        switch (field.Type)
        {
            case ProtobufType.Text:
                writer.WriteStringValue(Text(bytes, field.Name));
                break;
            case ProtobufType.Bytes:
                writer.WriteBase64StringValue(bytes);
                break;
            case ProtobufType.Double:
                if (!double.IsFinite(BitConverter.UInt64BitsToDouble(number))) throw new FormatException($"the field {field.Name} is no number of JSON");
                writer.WriteNumberValue(BitConverter.UInt64BitsToDouble(number));
                break;
            case ProtobufType.Time:
                if (Time(bytes) is { } time) writer.WriteStringValue(time);
                else writer.WriteNullValue();
                break;
            case ProtobufType.Quantity:
                writer.WriteStringValue(Text(Only(bytes), field.Name));
                break;
            case ProtobufType.Texts:
                Texts(writer, field, bytes);
                break;
            case ProtobufType.IntOrString:
                IntOrString(writer, field, bytes);
                break;
            default:
                Raw(writer, field, Only(bytes));
                break;
        }
    }

    /// <summary>Text that is UTF-8.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes, string field) =>
        Utf8.IsValid(bytes) ? bytes : throw new FormatException($"the field {field} holds bytes that are not UTF-8");

    /// <summary>A time as JSON has it; null for Go's zero time.</summary>
    /// <exception cref="FormatException">It is out of the range of years that can be written.</exception>
    public static string? Time(ReadOnlySpan<byte> message)
    {
        var (seconds, nanoseconds) = (0L, 0L);
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1) seconds = (long)reader.Number;
            if (reader.Field == 2) nanoseconds = (int)reader.Number;
        }
        if (seconds == 0 && nanoseconds == 0) return null;
        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            || nanoseconds is < 0 or > 999_999_999)
            throw new FormatException($"{seconds} seconds and {nanoseconds} nanoseconds are no time");
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / NanosecondsPerTick);
        if (time == DateTimeOffset.MinValue) return null;
        return time.ToString(nanoseconds == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
    }

    private static void Texts(Utf8JsonWriter writer, ProtobufField field, ReadOnlySpan<byte> message)
    {
        writer.WriteStartArray();
        var reader = new ProtobufReader(message);
        while (reader.Read())
            if (reader.Field == 1) writer.WriteStringValue(Text(reader.Bytes, field.Name));
        writer.WriteEndArray();
    }

    private static void IntOrString(Utf8JsonWriter writer, ProtobufField field, ReadOnlySpan<byte> message)
    {
        var (isText, number) = (false, 0L);
        ReadOnlySpan<byte> text = default;
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1) isText = reader.Number != 0;
            if (reader.Field == 2) number = (long)reader.Number;
            if (reader.Field == 3) text = reader.Bytes;
        }
        if (isText) writer.WriteStringValue(Text(text, field.Name));
        else writer.WriteNumberValue(number);
    }

    private static void Raw(Utf8JsonWriter writer, ProtobufField field, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            writer.WriteNullValue();
            return;
        }
        try
        {
            using var document = JsonTree.ParseDocument(json.ToArray());
            document.RootElement.WriteTo(writer);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new FormatException($"the field {field.Name} holds no JSON: {malformed.Message}");
        }
    }

    /// <summary>The first field of a message that has one only.</summary>
    private static ReadOnlySpan<byte> Only(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> found = default;
        var reader = new ProtobufReader(message);
        while (reader.Read())
            if (reader.Field == 1) found = reader.Bytes;
        return found;
    }
}
