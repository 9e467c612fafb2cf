using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>How the items of a list are told apart.</summary>
internal static class ListElements
{
    // Everybody's text for the same key must be the same text, and be readable.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The step that leads from a list to one of its items.</summary>
    /// <remarks>An object without one of its keys has that key's default, or null.</remarks>
    public static PathElement Of(JsonElement item, Topology topology)
    {
        if (topology.Kind != TopologyKind.Map) return new(PathElementKind.Value, PlainText(item) ?? Text(item));
        return new(PathElementKind.Key, PlainKeys(item, topology) ?? Written(writer =>
        {
            writer.WriteStartObject();
            foreach (var key in topology.Keys.OrderBy(static key => key.Name, StringComparer.Ordinal))
            {
                writer.WritePropertyName(key.Name);
                if (ValueOf(item, key.Name) is { } value) value.WriteTo(writer);
                else writer.WriteRawValue(key.Default ?? "null");
            }
            writer.WriteEndObject();
        }));
    }

    /// <summary>What is wrong with a list that a client applies: an item without a key, or two that are the same. Null: nothing.</summary>
    public static string? ErrorIn(JsonElement list, Topology topology)
    {
        var seen = new HashSet<PathElement>();
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (topology.Kind == TopologyKind.Map && MissingKey(item, topology) is { } key)
                return $"element {index}: associative list with keys has an element that omits key field \"{key}\" (and doesn't have default value)";
            var element = Of(item, topology);
            if (!seen.Add(element)) return $"duplicate entries for key {element}";
            index++;
        }
        return null;
    }

    /// <summary>Reads keys as FieldsV1 has them.</summary>
    /// <exception cref="JsonException">They are not JSON.</exception>
    public static PathElement? KeyOf(string json)
    {
        using var keys = JsonDocument.Parse(json);
        if (keys.RootElement.ValueKind != JsonValueKind.Object) return null;
        return new(PathElementKind.Key, Written(writer =>
        {
            writer.WriteStartObject();
            foreach (var (name, value) in Members.Of(keys.RootElement))
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }));
    }

    /// <summary>Reads a value as FieldsV1 has it.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static PathElement ValueOf(string json)
    {
        using var value = JsonDocument.Parse(json);
        return new(PathElementKind.Value, Text(value.RootElement));
    }

    // Most keys are numbers and short words, which are written as they stand.
    private static string? PlainKeys(JsonElement item, Topology topology)
    {
        var text = new DefaultInterpolatedStringHandler(8, topology.Keys.Count, null, stackalloc char[128]);
        text.AppendLiteral("{");
        var (first, former) = (true, "");
        foreach (var key in topology.Keys)
        {
            // Keys that are not listed in the order in which they are written go the long way.
            if (string.CompareOrdinal(former, key.Name) >= 0) return null;
            var value = ValueOf(item, key.Name) is { } said ? PlainText(said) : key.Default ?? "null";
            if (value is null) return null;
            text.AppendLiteral(first ? "\"" : ",\"");
            text.AppendLiteral(key.Name);
            text.AppendLiteral("\":");
            text.AppendLiteral(value);
            (first, former) = (false, key.Name);
        }
        text.AppendLiteral("}");
        return text.ToStringAndClear();
    }

    private static string? PlainText(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array) return null;
        var text = JsonMarshal.GetRawUtf8Value(value);
        return text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && !text.Contains((byte)'\\') ? Encoding.ASCII.GetString(text) : null;
    }

    private static string? MissingKey(JsonElement item, Topology topology)
    {
        foreach (var key in topology.Keys)
            if (key.Default is null && ValueOf(item, key.Name) is null) return key.Name;
        return null;
    }

    private static JsonElement? ValueOf(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Text(JsonElement value) => Written(value.WriteTo);

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer, Plain)) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
