using System.Text.Json;
using Kip.Resources;

namespace Kip.Client.Http;

/// <summary>Reads a list as the API sends it: <c>{"metadata": {…}, "items": […]}</c>, one object after the other, without a tree in between.</summary>
internal static class ListReader
{
    /// <exception cref="JsonException">It is not a list of this kind.</exception>
    public static ResourceList Read(KindDefinition kind, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var items = new List<Resource>();
        ListMeta? metadata = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8)) metadata = Metadata(ref reader);
            else if (reader.ValueTextEquals("items"u8)) ReadItems(ref reader, kind, items);
            else reader.Skip();
        }
        return new ResourceList(items, metadata?.ResourceVersion ?? "", metadata?.Continue, metadata?.RemainingItemCount);
    }

    private static ListMeta? Metadata(ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonSerializer.Deserialize(ref reader, WireJson.Of<ListMeta>());
    }

    private static void ReadItems(ref Utf8JsonReader reader, KindDefinition kind, List<Resource> items)
    {
        reader.Read();
        // Go writes an empty list as null.
        if (reader.TokenType == JsonTokenType.Null) return;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(kind.Read(ref reader));
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type) throw new JsonException($"expected a list, found {reader.TokenType}");
    }
}
