using System.Text.Json.Nodes;

namespace Kip.Rules.CustomResources;

/// <summary>Drops what a schema does not name, as Kubernetes does before it stores a custom resource and after it has read one.</summary>
public static class Pruning
{
    /// <summary>Prunes an object in place.</summary>
    /// <param name="dropped">Gets the path of each field that went, such as <c>spec.foo</c>; null: nobody asks.</param>
    public static void Prune(JsonObject root, StructuralSchema schema, ICollection<string>? dropped = null) =>
        Value(root, schema, isResource: true, "", dropped);

    private static void Value(JsonNode? value, StructuralSchema schema, bool isResource, string path, ICollection<string>? dropped)
    {
        if (value is JsonObject members) Members(members, schema, isResource, path, dropped);
        else if (value is JsonArray items)
            for (var i = 0; i < items.Count; i++)
                Value(items[i], schema.Items ?? Unnamed(schema), schema.Items?.IsEmbeddedResource ?? false, $"{path}[{i}]", dropped);
    }

    private static void Members(JsonObject members, StructuralSchema schema, bool isResource, string path, ICollection<string>? dropped)
    {
        foreach (var (name, member) in members.ToArray())
        {
            if (isResource && name is "apiVersion" or "kind" or "metadata") continue;
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } known)
                Value(member, known, known.IsEmbeddedResource, inner, dropped);
            else if (!schema.PreservesUnknown)
            {
                members.Remove(name);
                dropped?.Add(inner);
            }
        }
    }

    // Below what is kept although it is unknown, everything is kept.
    private static StructuralSchema Unnamed(StructuralSchema around) => around.PreservesUnknown ? around : StructuralSchema.Empty;
}
