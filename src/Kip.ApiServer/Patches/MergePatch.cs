using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Resources;

namespace Kip.ApiServer.Patches;

/// <summary>Applies a JSON Merge Patch (RFC 7386): objects merge, null removes, everything else replaces.</summary>
/// <remarks>What the patch does not name is copied as text, so a small patch of a large document makes no tree of it.</remarks>
public static class MergePatch
{
    /// <summary>The document, given as UTF-8 JSON, with the patch applied.</summary>
    /// <exception cref="JsonException">The document is not JSON.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> document, JsonNode? patch)
    {
        using var parsed = JsonTree.ParseDocument(document);
        using var buffer = new PooledBuffer();
        using (var writer = JsonTree.NewWriter(buffer)) Merge(writer, parsed.RootElement, patch);
        return buffer.Written.ToArray();
    }

    private static void Merge(Utf8JsonWriter writer, JsonElement? target, JsonNode? patch)
    {
        if (patch is JsonObject changes) MergeObject(writer, target, changes);
        else if (patch is null) writer.WriteNullValue();
        else patch.WriteTo(writer);
    }

    private static void MergeObject(Utf8JsonWriter writer, JsonElement? target, JsonObject changes)
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        if (target is { ValueKind: JsonValueKind.Object } members)
            foreach (var member in members.EnumerateObject())
            {
                var isNamed = changes.TryGetPropertyValue(member.Name, out var change);
                if (isNamed) met.Add(member.Name);
                if (isNamed && change is null) continue;
                writer.WritePropertyName(member.Name);
                if (isNamed) Merge(writer, member.Value, change);
                else writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
            }
        foreach (var (name, change) in changes)
        {
            if (change is null || met.Contains(name)) continue;
            writer.WritePropertyName(name);
            Merge(writer, null, change);
        }
        writer.WriteEndObject();
    }
}
