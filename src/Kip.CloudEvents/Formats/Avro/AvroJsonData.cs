using System.Buffers;
using System.Text.Json;
using Kip.CloudEvents.Formats.Json;

namespace Kip.CloudEvents.Formats.Avro;

/// <summary>Reads data that is in the schema's form for JSON values, as JSON text.</summary>
internal static class AvroJsonData
{
    // Each level of the record AvroCloudEventData is a call.
    private const int MaxDepth = 64;

    private static readonly string[] MemberForms = ["null", "boolean", "record", "double", "string"];
    private static readonly string[] ValueForms = ["null", "boolean", "map", "array", "double", "string"];

    internal static ReadOnlyMemory<byte> Read(ref AvroReader reader)
    {
        var output = new ArrayBufferWriter<byte>();
        using var lease = JsonWriterLease.Rent(output);
        switch (reader.Long())
        {
            case DataBranch.Boolean:
                lease.Writer.WriteBooleanValue(reader.Boolean());
                break;
            case DataBranch.Map:
                Map(ref reader, lease.Writer, MemberForms, 0);
                break;
            case DataBranch.Array:
                Array(ref reader, lease.Writer, 0);
                break;
            case DataBranch.Double:
                Number(ref reader, lease.Writer);
                break;
            default:
                reader.Fail();
                break;
        }
        if (reader.Malformed) return default;
        lease.Writer.Flush();
        return output.WrittenMemory;
    }

    private static void Map(ref AvroReader reader, Utf8JsonWriter writer, string[] forms, int depth)
    {
        writer.WriteStartObject();
        for (var left = reader.Block(); left > 0; left = reader.Block())
        {
            for (; left > 0 && !reader.Malformed; left--)
            {
                writer.WritePropertyName(reader.Utf8Text().Span);
                Value(ref reader, writer, forms, depth + 1);
            }
        }
        writer.WriteEndObject();
    }

    private static void Array(ref AvroReader reader, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartArray();
        for (var left = reader.Block(); left > 0; left = reader.Block())
        {
            for (; left > 0 && !reader.Malformed; left--) Map(ref reader, writer, ValueForms, depth + 1);
        }
        writer.WriteEndArray();
    }

    private static void Value(ref AvroReader reader, Utf8JsonWriter writer, string[] forms, int depth)
    {
        var branch = reader.Long();
        if (depth > MaxDepth || branch < 0 || branch >= forms.Length) reader.Fail();
        if (reader.Malformed) return;
        switch (forms[branch])
        {
            case "null":
                writer.WriteNullValue();
                break;
            case "boolean":
                writer.WriteBooleanValue(reader.Boolean());
                break;
            case "record":
                Map(ref reader, writer, ValueForms, depth);
                break;
            case "map":
                Records(ref reader, writer, depth);
                break;
            case "array":
                Array(ref reader, writer, depth);
                break;
            case "double":
                Number(ref reader, writer);
                break;
            default:
                writer.WriteStringValue(reader.Utf8Text().Span);
                break;
        }
    }

    private static void Records(ref AvroReader reader, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartObject();
        for (var left = reader.Block(); left > 0; left = reader.Block())
        {
            for (; left > 0 && !reader.Malformed; left--)
            {
                writer.WritePropertyName(reader.Utf8Text().Span);
                Map(ref reader, writer, ValueForms, depth + 1);
            }
        }
        writer.WriteEndObject();
    }

    private static void Number(ref AvroReader reader, Utf8JsonWriter writer)
    {
        var number = reader.Double();
        // JSON has no infinities.
        if (double.IsFinite(number)) writer.WriteNumberValue(number);
        else reader.Fail();
    }
}
