using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>Reads words that many objects have in common, each once for all: what a thousand objects say is in memory once.</summary>
public sealed class SharedTextConverter : JsonConverter<string>
{
    private const int MaxLength = 128;

    private static readonly string?[] Recent = new string?[256];

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > MaxLength) return reader.GetString();
        var hash = new HashCode();
        hash.AddBytes(reader.ValueSpan);
        ref var slot = ref Recent[(uint)hash.ToHashCode() % (uint)Recent.Length];
        return slot is { } known && reader.ValueTextEquals(known) ? known : slot = reader.GetString();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
