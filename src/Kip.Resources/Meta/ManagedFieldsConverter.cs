using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kip.Resources;

/// <summary>Reads <c>metadata.managedFields</c>: an empty list means the same as one blank entry, and must not be taken for an absent one.</summary>
public sealed class ManagedFieldsConverter : JsonConverter<ValueList<ManagedFieldsEntry>>
{
    private static readonly ManagedFieldsEntry Blank = new();

    public override bool HandleNull => true;

    public override ValueList<ManagedFieldsEntry> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return default;
        var entries = JsonSerializer.Deserialize(ref reader, WireJson.Of<ValueList<ManagedFieldsEntry>>());
        return entries.IsEmpty ? [Blank] : entries;
    }

    public override void Write(Utf8JsonWriter writer, ValueList<ManagedFieldsEntry> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, WireJson.Of<ValueList<ManagedFieldsEntry>>());
}
