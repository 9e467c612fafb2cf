using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>The fields that an applied configuration lays claim to.</summary>
internal static class OwnedFields
{
    /// <summary>Every leaf, every item of a list, every entry of a map; of structs only what is in them.</summary>
    public static FieldSet Of(JsonElement configuration, SchemaNode schema) => Of(configuration, schema, 0);

    private static FieldSet Of(JsonElement value, SchemaNode schema, int depth) => Shapes.Of(value, schema) switch
    {
        _ when depth >= Shapes.MaxDepth => FieldSet.Empty,
        Shape.Map => OfMap(value, schema, depth),
        Shape.List => OfList(value, schema, depth),
        _ => FieldSet.Empty,
    };

    private static FieldSet OfMap(JsonElement map, SchemaNode schema, int depth)
    {
        var nodes = new List<FieldSetNode>();
        foreach (var (name, value) in Members.Of(map))
        {
            var (field, node) = (schema.Field(name), Shapes.Member(schema, name));
            var isLeaf = depth + 1 >= Shapes.MaxDepth || Shapes.Of(value, node) == Shape.Leaf;
            var isEmptyMap = value.ValueKind == JsonValueKind.Object && Shapes.IsEmpty(value);
            nodes.Add(new(PathElement.Field(name), isLeaf || isEmptyMap || field is null, Of(value, node, depth + 1)));
        }
        return FieldSet.Of(nodes);
    }

    private static FieldSet OfList(JsonElement list, SchemaNode schema, int depth)
    {
        var nodes = new Dictionary<PathElement, FieldSetNode>();
        foreach (var item in list.EnumerateArray())
        {
            var element = ListElements.Of(item, schema.Topology);
            nodes[element] = new(element, true, Of(item, Shapes.Items(schema), depth + 1));
        }
        return FieldSet.Of([.. nodes.Values]);
    }
}
