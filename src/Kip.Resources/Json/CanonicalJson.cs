using System.Text.Json;

namespace Kip.Resources;

/// <summary>One text for one value: members in order of their names, of repeated ones the last; integers as integers, other numbers as doubles.</summary>
public static class CanonicalJson
{
    // Whole numbers beyond this are not exact as doubles, and keep the double's own form.
    private const double LargestExact = 1L << 53;

    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, member) in Sorted(value))
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                WriteNumber(writer, value);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>An object's members in order of their names; of repeated ones the last.</summary>
    public static IEnumerable<KeyValuePair<string, JsonElement>> Sorted(JsonElement value)
    {
        var members = new SortedList<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject()) members[member.Name] = member.Value;
        return members;
    }

    private static void WriteNumber(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.TryGetInt64(out var whole)) writer.WriteNumberValue(whole);
        else if (!value.TryGetDouble(out var number) || !double.IsFinite(number)) value.WriteTo(writer);
        else if (double.IsInteger(number) && Math.Abs(number) < LargestExact) writer.WriteNumberValue((long)number);
        else writer.WriteNumberValue(number);
    }
}
