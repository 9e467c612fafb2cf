using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kip.Rules.CustomResources;

/// <summary>Fills in a schema's defaults, and takes nulls for absent where the schema does not allow them.</summary>
public static class Defaulting
{
    /// <summary>Fills in an object in place, and what was filled in as well.</summary>
    public static void Fill(JsonNode? value, StructuralSchema schema)
    {
        if (value is JsonObject members) Members(members, schema);
        else if (value is JsonArray items && schema.Items is { } item)
            for (var i = 0; i < items.Count; i++)
            {
                if (items[i] is null && !item.Nullable && item.Default is { } filler) items[i] = Copy(filler);
                Fill(items[i], item);
            }
    }

    private static void Members(JsonObject members, StructuralSchema schema)
    {
        foreach (var (name, property) in schema.Properties)
            if (property.Default is { } filler && IsAbsent(members, name, property)) members[name] = Copy(filler);
        foreach (var (name, member) in members.ToArray())
        {
            if (schema.Properties.GetValueOrDefault(name) is { } property)
            {
                if (member is null && !property.Nullable) members.Remove(name);
                else Fill(member, property);
            }
            else if (schema.AdditionalProperties is { } other)
            {
                if (member is null && !other.Nullable && other.Default is { } filler) members[name] = Copy(filler);
                Fill(members[name], other);
            }
        }
    }

    private static bool IsAbsent(JsonObject members, string name, StructuralSchema property) =>
        !members.TryGetPropertyValue(name, out var present) || (present is null && !property.Nullable);

    private static JsonNode? Copy(JsonElement filler) => filler.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(filler)!.DeepClone(),
        JsonValueKind.Array => JsonArray.Create(filler)!.DeepClone(),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(filler),
    };
}
