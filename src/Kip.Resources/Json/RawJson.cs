using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>A piece of JSON that Kip keeps and hands on but does not interpret: affinity, tolerations, managed fields.</summary>
/// <remarks>Equal by its compact text.</remarks>
[JsonConverter(typeof(RawJsonConverter))]
public sealed record RawJson(string Text)
{
    public override string ToString() => Text;
}

/// <summary>Reads any JSON value into its compact text and writes it back unchanged.</summary>
public sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) document.WriteTo(writer);
        return new RawJson(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text);
}
