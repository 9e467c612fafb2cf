using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Resources;

namespace Kip.ApiServer.Patches;

/// <summary>JSON as a tree that patches can change.</summary>
/// <remarks>The framework's own nodes read lazily and fail late on repeated names; here everything a sender can get wrong shows at once.</remarks>
public static class JsonTree
{
    /// <summary>How deep bodies may nest.</summary>
    public const int MaxDepth = 128;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Parses UTF-8 JSON; of repeated names the last wins.</summary>
    /// <exception cref="JsonException">The text is not JSON, nests too deep, or holds half of a surrogate pair.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> json)
    {
        using var document = ParseDocument(json);
        return Of(document.RootElement);
    }

    /// <summary>The tree of parsed JSON; of repeated names the last wins.</summary>
    /// <exception cref="JsonException">A text holds half of a surrogate pair.</exception>
    public static JsonNode? Of(JsonElement json)
    {
        try
        {
            return Read(json);
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("invalid character in string: a surrogate without its other half");
        }
    }

    /// <summary>Parses UTF-8 JSON without changing it; the caller disposes it.</summary>
    /// <exception cref="JsonException">The text is not JSON or nests too deep.</exception>
    public static JsonDocument ParseDocument(ReadOnlyMemory<byte> json) => JsonDocument.Parse(json, Options);

    /// <summary>The tree as UTF-8 JSON.</summary>
    public static byte[] Write(JsonNode? node)
    {
        using var buffer = new PooledBuffer();
        using (var writer = NewWriter(buffer))
        {
            if (node is null) writer.WriteNullValue();
            else node.WriteTo(writer);
        }
        return buffer.Written.ToArray();
    }

    /// <summary>A writer for what patches make, which may nest deeper than what they are given.</summary>
    internal static Utf8JsonWriter NewWriter(PooledBuffer buffer) => new(buffer, new JsonWriterOptions { MaxDepth = MaxDepth * 2 });

    private static JsonNode? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in element.EnumerateObject()) members[member.Name] = Read(member.Value);
                return members;
            case JsonValueKind.Array:
                var items = new JsonArray();
                foreach (var item in element.EnumerateArray()) items.Add(Read(item));
                return items;
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            case JsonValueKind.True or JsonValueKind.False:
                return JsonValue.Create(element.GetBoolean());
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
