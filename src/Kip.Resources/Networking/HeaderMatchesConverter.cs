using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources.Networking;

/// <summary>Header conditions of an ingress path: a map in code, <c>{"name": {"exact": "value"}}</c> on the wire.</summary>
public sealed class HeaderMatchesConverter : JsonConverter<StringMap>
{
    public override StringMap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("expected an object of header matches");
        return StringMap.From(document.RootElement.EnumerateObject().Select(static match =>
            new KeyValuePair<string, string>(match.Name, match.Value.GetProperty("exact").GetString() ?? "")));
    }

    public override void Write(Utf8JsonWriter writer, StringMap value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, exact) in value)
        {
            writer.WriteStartObject(name);
            writer.WriteString("exact", exact);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
