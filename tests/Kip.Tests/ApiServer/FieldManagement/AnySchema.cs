using System.Text.Json.Nodes;
using Kip.ApiServer.Schema;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Random schemas, and random objects that fit them.</summary>
internal sealed class AnySchema(Random random)
{
    private static readonly SchemaNode Text = new() { Type = SchemaType.String };

    private static readonly string[] Names = ["a", "b", "c", "d"];

    /// <summary>An object with some fields.</summary>
    public SchemaNode Object(int depth = 3, bool named = false)
    {
        var fields = Some().Select(name => Field(name, Node(depth - 1))).ToList();
        if (named) fields.Add(Field("name", Text));
        else if (fields.Count == 0) fields.Add(Field("a", Node(depth - 1)));
        return new() { Type = SchemaType.Object, Fields = fields };
    }

    /// <summary>A value of a schema; null when there is nothing to say.</summary>
    public JsonNode? Value(SchemaNode node, string? name = null) => (node.Type, node.Topology.Kind) switch
    {
        (SchemaType.Object, _) => Members(node, name),
        (SchemaType.Map, _) => Entries(node),
        (SchemaType.Array, TopologyKind.Map) => Items(Some().Select(key => Value(node.Items!, key))),
        (SchemaType.Array, TopologyKind.Set) => Items(Some().Select(static text => (JsonNode)text)),
        (SchemaType.Array, _) => new JsonArray(Scalar(), Scalar()),
        _ => Scalar(),
    };

    private SchemaNode Node(int depth) => random.Next(depth <= 0 ? 3 : 6) switch
    {
        0 => Text,
        1 => new() { Type = SchemaType.Array, Items = Text },
        2 => new() { Type = SchemaType.Array, Items = Text, Topology = Topology.Set },
        3 => new() { Type = SchemaType.Map, Items = random.Next(2) == 0 ? Text : Object(depth - 1) },
        4 => new() { Type = SchemaType.Array, Items = Object(depth - 1, named: true), Topology = Topology.MapBy("name") },
        _ => Object(depth - 1),
    };

    private JsonObject? Members(SchemaNode node, string? name)
    {
        var made = new JsonObject();
        foreach (var field in node.Fields)
        {
            if (field.Name == "name" && name is not null) made["name"] = name;
            else if (random.Next(3) > 0 && Value(field.Node) is { } value) made[field.Name] = value;
        }
        return made.Count == 0 ? null : made;
    }

    private JsonObject? Entries(SchemaNode node)
    {
        var made = new JsonObject();
        foreach (var key in Some())
            if (Value(node.Items!) is { } value) made[key] = value;
        return made.Count == 0 ? null : made;
    }

    private static JsonArray? Items(IEnumerable<JsonNode?> items) => new JsonArray([.. items]) is { Count: > 0 } made ? made : null;

    private string Scalar() => random.Next(3).ToString();

    private List<string> Some() => [.. Names.Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next())];

    private static SchemaField Field(string name, SchemaNode node) => new(name, node, false, "", MergeRule.None);
}
