using System.Text.Json;
using Kip.Resources;

namespace Kip.Rules.CustomResources;

/// <summary>What tells the items of a list of type <c>map</c> apart.</summary>
internal static class ListKeys
{
    /// <summary>An item's keys and their values as an object.</summary>
    public static CompactJson Of(JsonElement item, StructuralSchema list) => CompactJson.Written((item, list), static (writer, of) =>
    {
        writer.WriteStartObject();
        foreach (var key in of.list.ListMapKeys.Order(StringComparer.Ordinal))
            if (ValueOf(of.item, key, of.list) is { } value)
            {
                writer.WritePropertyName(key);
                CanonicalJson.Write(writer, value);
            }
        writer.WriteEndObject();
    });

    /// <summary>The items of a list by what tells them apart.</summary>
    public static Dictionary<string, JsonElement> ByKey(JsonElement? items, StructuralSchema list)
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (items is { ValueKind: JsonValueKind.Array } some)
            foreach (var item in some.EnumerateArray()) found.TryAdd(Of(item, list).ToString(), item);
        return found;
    }

    private static JsonElement? ValueOf(JsonElement item, string key, StructuralSchema list) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(key, out var value) ? value : list.Items?.Properties.GetValueOrDefault(key)?.Default;
}
