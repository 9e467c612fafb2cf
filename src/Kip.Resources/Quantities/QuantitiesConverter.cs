using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>Quantities by name: text in memory and on the way out. On the way in also a bare number, as in <c>cpu: 1</c>.</summary>
public sealed class QuantitiesConverter : JsonConverter<StringMap>
{
    private static readonly StringMapConverter Texts = new();

    public override bool HandleNull => true;

    public override StringMap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("expected an object of quantities");
        var entries = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = SharedText.Of(reader.GetString()!);
            reader.Read();
            entries.Add(new(key, reader.TokenType switch
            {
                JsonTokenType.Null => "0",
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Number => Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan),
                _ => throw new JsonException($"the quantity of \"{key}\" must be a string or a number"),
            }));
        }
        return StringMap.Read(entries);
    }

    public override void Write(Utf8JsonWriter writer, StringMap value, JsonSerializerOptions options) => Texts.Write(writer, value, options);
}
