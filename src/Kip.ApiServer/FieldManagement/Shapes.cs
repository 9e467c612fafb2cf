using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>How a value is looked into: not at all, by the names of its members, or by its items.</summary>
internal enum Shape
{
    Leaf,
    Map,
    List,
}

/// <summary>What a schema says of a value's parts. Where it says nothing, objects are looked into and lists are not, as Kubernetes deduces.</summary>
internal static class Shapes
{
    /// <summary>Values deeper than this are one value: an object and the set of all its fields must both be within what JSON readers take.</summary>
    public const int MaxDepth = 50;

    public static Shape Of(JsonElement value, SchemaNode schema) => value.ValueKind switch
    {
        JsonValueKind.Object when schema.Topology.Kind != TopologyKind.Atomic => Shape.Map,
        JsonValueKind.Array when schema.Topology.Kind is TopologyKind.Map or TopologyKind.Set => Shape.List,
        _ => Shape.Leaf,
    };

    /// <summary>The schema of a member.</summary>
    public static SchemaNode Member(SchemaNode schema, string name) => schema.Field(name)?.Node ?? schema.Items ?? SchemaNode.Any;

    /// <summary>The schema of a list's items.</summary>
    public static SchemaNode Items(SchemaNode schema) => schema.Items ?? SchemaNode.Any;

    /// <summary>The schema of what a step leads to.</summary>
    public static SchemaNode Below(SchemaNode schema, PathElement element) =>
        element.Kind == PathElementKind.Field ? Member(schema, element.Text) : Items(schema);

    /// <summary>Whether a step is to a field that the schema names, not to an entry of a map.</summary>
    public static bool IsDeclared(SchemaNode schema, PathElement element) =>
        element.Kind == PathElementKind.Field && schema.Field(element.Text) is not null;

    /// <summary>Whether there is nothing in a value: it is absent, null, or has neither members nor items.</summary>
    public static bool IsEmpty(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => true,
        { ValueKind: JsonValueKind.Object } members => !members.EnumerateObject().Any(),
        { ValueKind: JsonValueKind.Array } items => items.GetArrayLength() == 0,
        _ => false,
    };
}
