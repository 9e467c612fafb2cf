using Kip.Resources;
using Kip.Rules.CustomResources;

namespace Kip.ApiServer.Schema;

/// <summary>A definition's schema in the form that the built-in kinds' schemas have.</summary>
internal static class StructuralNodes
{
    private static readonly string[] OfEveryObject = ["apiVersion", "kind", "metadata"];

    /// <summary>The schema of whole objects: what every object has, and what the definition says.</summary>
    public static SchemaNode OfObject(StructuralSchema schema) => new()
    {
        Type = SchemaType.Object,
        Description = schema.Description,
        PreservesUnknown = schema.PreservesUnknown,
        FindFields = () =>
        [
            .. EveryObject.Fields,
            .. FieldsOf(schema).Where(static field => !OfEveryObject.Contains(field.Name)),
        ],
    };

    private static SchemaNode Of(StructuralSchema schema) => schema switch
    {
        { IsEmbeddedResource: true } => OfObject(schema),
        { IsIntOrString: true } => Scalar(schema, SchemaType.IntOrString),
        { Type: "array", Items: { } items } => new()
        {
            Type = SchemaType.Array, Items = Of(items), Description = schema.Description,
            Topology = TopologyOf(schema, items),
        },
        { Type: "object", Properties.Count: > 0 } => new()
        {
            Type = SchemaType.Object, FindFields = () => FieldsOf(schema), Description = schema.Description,
            Topology = TopologyOf(schema), PreservesUnknown = schema.PreservesUnknown,
        },
        { Type: "object", AdditionalProperties: { } values } => new()
        {
            Type = SchemaType.Map, Items = Of(values), Description = schema.Description, Topology = TopologyOf(schema),
        },
        { Type: "object", PreservesUnknown: true } => new() { Type = SchemaType.Any, Description = schema.Description, Topology = TopologyOf(schema) },
        { Type: "object" } => new() { Type = SchemaType.Object, Description = schema.Description, Topology = TopologyOf(schema) },
        { Type: "boolean" } => Scalar(schema, SchemaType.Boolean),
        { Type: "integer", Format: "int32" } => Scalar(schema, SchemaType.Int32),
        { Type: "integer" } => Scalar(schema, SchemaType.Int64),
        { Type: "number" } => Scalar(schema, SchemaType.Number),
        { Type: "string", Format: "byte" } => Scalar(schema, SchemaType.Bytes),
        { Type: "string" } => Scalar(schema, SchemaType.String),
        _ => new() { Type = SchemaType.Any, Description = schema.Description },
    };

    private static SchemaNode Scalar(StructuralSchema schema, SchemaType type) => new() { Type = type, Description = schema.Description };

    private static List<SchemaField> FieldsOf(StructuralSchema schema) =>
    [
        .. schema.Properties
            .OrderBy(static property => property.Key, StringComparer.Ordinal)
            .Select(property => new SchemaField(
                property.Key, Of(property.Value), schema.Required.Contains(property.Key), property.Value.Description, MergeRule.None)),
    ];

    private static Topology TopologyOf(StructuralSchema schema, StructuralSchema? items = null) => schema switch
    {
        { ListType: "set" } => Topology.Set,
        { ListType: "map" } => Topology.MapBy([.. schema.ListMapKeys.Select(key => new ListKey(key, DefaultOf(items?.Properties.GetValueOrDefault(key))))]),
        { ListType: "atomic" } or { MapType: "atomic" } => Topology.Atomic,
        _ => Topology.Default,
    };

    private static string? DefaultOf(StructuralSchema? key) => key?.Default?.GetRawText();
}
