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

    private const int KeepBytes = 64 * 1024;
    private const int Slots = 64;
    private const int LargestKept = 4 * 1024;

    // Objects of one shape have the same sets, so what was read lately need not be read again. A slot is taken over by the next that falls on it.
    private static readonly Known?[] Lately = new Known?[Slots];

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    public static FieldsV1 Write(FieldSet set)
    {
        if (s_buffer is null || s_buffer.Capacity > KeepBytes) (s_buffer, s_writer) = (new(4096), null);
        s_buffer.ResetWrittenCount();
        s_writer ??= new Utf8JsonWriter(s_buffer, Plain);
        s_writer.Reset(s_buffer);
        s_writer.WriteStartObject();
        WriteNodes(s_writer, set);
        s_writer.WriteEndObject();
        s_writer.Flush();
        return FieldsV1.Of(s_buffer.WrittenSpan);
    }

    /// <summary>Reads a set; null when the text is none.</summary>
    /// <param name="isOurs">Whether <see cref="Write"/> wrote it; a client may spell keys otherwise.</param>
    public static FieldSet? Read(FieldsV1 fields, bool isOurs = false)
    {
        if (!isOurs || fields.Json.Length > LargestKept) return Parse(fields, isOurs);
        ref var slot = ref Lately[(uint)fields.GetHashCode() % Slots];
        if (Volatile.Read(ref slot) is { } known && known.Text.Equals(fields)) return known.Fields;
        var read = Parse(fields, isOurs);
        if (read is not null) Volatile.Write(ref slot, new Known(fields, read));
        return read;
    }

    private static FieldSet? Parse(FieldsV1 fields, bool isOurs)
    {
        try
        {
            using var document = JsonDocument.Parse(fields.Json, new JsonDocumentOptions { MaxDepth = Patches.JsonTree.MaxDepth * 2 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? ReadNodes(document.RootElement, isOurs).Below : null;
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
    private static (bool IsMember, FieldSet Below) ReadNodes(JsonElement value, bool isOurs)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new JsonException("a set of fields is made of objects");
        var nodes = new List<FieldSetNode>();
        var places = isOurs ? null : new Dictionary<PathElement, int>();
        var (self, any) = (false, false);
        foreach (var (name, below) in Members.Of(value))
        {
            any = true;
            if (name == Self) self = true;
            else if (PathElement.Decode(name, isOurs) is { } element)
            {
                var (isMember, rest) = ReadNodes(below, isOurs);
                // Two spellings of one key are one.
                if (places is null || places.TryAdd(element, nodes.Count)) nodes.Add(new(element, isMember, rest));
                else if (places[element] is var at) nodes[at] = new(element, nodes[at].IsMember || isMember, nodes[at].Below.Union(rest));
            }
        }
        return (self || !any, FieldSet.Of(nodes));
    }

    private sealed record Known(FieldsV1 Text, FieldSet Fields);
}
