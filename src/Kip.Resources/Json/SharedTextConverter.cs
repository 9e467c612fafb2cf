using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>Reads words that many objects have in common as <see cref="SharedText"/>.</summary>
public sealed class SharedTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? SharedText.Of(text) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
