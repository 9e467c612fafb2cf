using System.Collections.Frozen;
using Kip.Rules.Cel.Types;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>The types that a schema gives to expressions.</summary>
internal static class SchemaTypes
{
    private static readonly StructuralSchema Text = new() { Type = "string" };

    private static readonly StructuralSchema Metadata = new()
    {
        Type = "object", Properties = new Dictionary<string, StructuralSchema> { ["name"] = Text, ["generateName"] = Text }.ToFrozenDictionary(),
    };

    /// <summary>The type of the values that a schema describes; null when expressions cannot speak of them, as nothing is known of them.</summary>
    /// <param name="isResource">Whether they have an apiVersion, a kind and metadata whatever the schema says.</param>
    public static CelType? Of(StructuralSchema schema, bool isResource) => schema switch
    {
        { IsIntOrString: true } => CelType.Dyn,
        { Type: "array", Items: { } items } => Of(items, items.IsEmbeddedResource) is { } item ? CelType.ListOf(item) : null,
        { Type: "object", AdditionalProperties: { } values } when !isResource =>
            Of(values, values.IsEmbeddedResource) is { } value ? CelType.MapOf(CelType.Text, value) : null,
        { Type: "object" } => CelType.Object(() => FieldsOf(schema, isResource)),
        { Type: "string", Format: "byte" } => CelType.Bytes,
        { Type: "string", Format: "date" or "date-time" } => CelType.Timestamp,
        { Type: "string", Format: "duration" } => CelType.Duration,
        { Type: "string" } => CelType.Text,
        { Type: "boolean" } => CelType.Bool,
        { Type: "integer" } => CelType.Int,
        { Type: "number" } => CelType.Double,
        _ => null,
    };

    /// <summary>The schema of a member; null when there is none of that name.</summary>
    public static StructuralSchema? Member(StructuralSchema schema, string name, bool isResource) => name switch
    {
        "apiVersion" or "kind" when isResource => Text,
        "metadata" when isResource => Metadata,
        _ => schema.Properties.GetValueOrDefault(name),
    };

    private static FrozenDictionary<string, CelType> FieldsOf(StructuralSchema schema, bool isResource)
    {
        var fields = new Dictionary<string, CelType>();
        foreach (var name in isResource ? schema.Properties.Keys.Union(["apiVersion", "kind", "metadata"]) : schema.Properties.Keys)
            if (FieldNames.Escape(name) is { } field && Member(schema, name, isResource) is { } member && Of(member, member.IsEmbeddedResource) is { } type)
                fields[field] = type;
        return fields.ToFrozenDictionary();
    }
}
