using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Walks an applied configuration along its schema: finds what the schema does not declare, and lists whose items cannot be told apart.</summary>
internal sealed class DeclaredFields
{
    // More complaints than this help nobody.
    private const int MaxErrors = 50;

    /// <summary>Paths of fields that the schema does not know.</summary>
    public List<string> Unknown { get; } = [];

    /// <summary>What makes the configuration useless.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Writes the value without what the schema does not know.</summary>
    public void Write(Utf8JsonWriter writer, JsonElement value, SchemaNode schema, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Object(writer, value, schema, path);
                break;
            case JsonValueKind.Array:
                Array(writer, value, schema, path);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private void Object(Utf8JsonWriter writer, JsonElement value, SchemaNode schema, string path)
    {
        writer.WriteStartObject();
        foreach (var (name, member) in Members.Of(value))
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.Type == SchemaType.Object && !schema.PreservesUnknown && schema.Field(name) is null)
            {
                if (Unknown.Count < MaxErrors) Unknown.Add(at);
                continue;
            }
            writer.WritePropertyName(name);
            Write(writer, member, Shapes.Member(schema, name), at);
        }
        writer.WriteEndObject();
    }

    private void Array(Utf8JsonWriter writer, JsonElement value, SchemaNode schema, string path)
    {
        if (Shapes.Of(value, schema) == Shape.List && ListElements.ErrorIn(value, schema.Topology) is { } error && Errors.Count < MaxErrors)
            Errors.Add($".{path}: {error}");
        writer.WriteStartArray();
        var index = 0;
        foreach (var item in value.EnumerateArray()) Write(writer, item, Shapes.Items(schema), $"{path}[{index++}]");
        writer.WriteEndArray();
    }
}
