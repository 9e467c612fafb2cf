using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.Resources;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Sets of fields as managed fields hold them: FieldsV1.</summary>
internal static class FieldSetJson
{
    // "This very path", beside what is below it.
    private const string Self = ".";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static FieldsV1 Write(FieldSet set)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            WriteNodes(writer, set);
            writer.WriteEndObject();
        }
        return FieldsV1.Of(buffer.WrittenSpan);
    }

    /// <summary>Reads a set; null when the text is none.</summary>
    public static FieldSet? Read(FieldsV1 fields)
    {
        try
        {
            using var document = JsonDocument.Parse(fields.Json, new JsonDocumentOptions { MaxDepth = Patches.JsonTree.MaxDepth * 2 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? ReadNodes(document.RootElement).Below : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void WriteNodes(Utf8JsonWriter writer, FieldSet set)
    {
        foreach (var node in set.Nodes)
        {
            writer.WriteStartObject(node.Element.Encode());
            if (node.IsMember && !node.Below.IsEmpty)
            {
                writer.WriteStartObject(Self);
                writer.WriteEndObject();
            }
            WriteNodes(writer, node.Below);
            writer.WriteEndObject();
        }
    }

    // An object without members stands for its path; with members only if "." is one of them.
    private static (bool IsMember, FieldSet Below) ReadNodes(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new JsonException("a set of fields is made of objects");
        var nodes = new List<FieldSetNode>();
        var (self, any) = (false, false);
        foreach (var (name, below) in Members.Of(value))
        {
            any = true;
            if (name == Self) self = true;
            else if (PathElement.Decode(name) is { } element)
            {
                var (isMember, rest) = ReadNodes(below);
                // Two spellings of one key are one.
                var same = nodes.FindIndex(node => node.Element == element);
                if (same < 0) nodes.Add(new(element, isMember, rest));
                else nodes[same] = new(element, nodes[same].IsMember || isMember, nodes[same].Below.Union(rest));
            }
        }
        return (self || !any, FieldSet.Of(nodes));
    }
}
