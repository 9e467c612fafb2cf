using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;

namespace Kip.ApiServer.Schema;

/// <summary>Derives the schema of a kind from its serialiser, so that the two cannot disagree.</summary>
public static class SchemaBuilder
{
    private static readonly ConcurrentDictionary<Type, SchemaNode> Known = new();

    private static readonly SchemaNode Text = new() { Type = SchemaType.String };

    private static readonly SchemaNode TextMap = new() { Type = SchemaType.Map, Items = Text };

    private static readonly SchemaNode BytesMap = new() { Type = SchemaType.Map, Items = new() { Type = SchemaType.Bytes } };

    private static readonly SchemaNode Quantities = new() { Type = SchemaType.Map, Items = new() { Type = SchemaType.Quantity } };

    // What HeaderMatchesConverter reads: {"name": {"exact": "value"}}.
    private static readonly SchemaNode HeaderMatches = new()
    {
        Type = SchemaType.Map,
        Items = new()
        {
            Type = SchemaType.Object,
            Fields = [new("exact", Text, true, "The value that the header must have.", MergeRule.None)],
        },
    };

    /// <summary>The schema of a kind. Made once, then kept.</summary>
    public static SchemaNode Of(KindDefinition kind) => (kind.Format as ISchemaSource)?.Schema ?? Of(kind.ClrType);

    /// <summary>The schema of any type that <see cref="ResourceJson"/> lists.</summary>
    public static SchemaNode Of(Type type) => Known.GetOrAdd(type, static t => Make(t));

    private static SchemaNode Make(Type type)
    {
        if (Scalar(Nullable.GetUnderlyingType(type) ?? type) is { } scalar) return scalar;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
            return new() { Type = SchemaType.Array, Items = Of(type.GetGenericArguments()[0]) };

        var info = WireJson.Options.GetTypeInfo(type);
        if (info.Kind != JsonTypeInfoKind.Object)
            throw new NotSupportedException($"{type} has a converter that the schema does not know: describe it in {nameof(SchemaBuilder)}");
        return new()
        {
            Type = SchemaType.Object,
            ClrType = type,
            Description = FieldDescriptions.Of(type),
            Topology = KnownTopologies.Of(type),
            FindFields = () => [.. info.Properties.Where(static p => p.Get is not null).Select(p => MakeField(type, p))],
        };
    }

    private static SchemaField MakeField(Type type, JsonPropertyInfo property)
    {
        // A record that extends another (RevisionSpec) inherits what is known of the fields it inherits.
        var owner = property.DeclaringType;
        var node = NodeOf(property);
        if (KnownTopologies.Of(type, owner, property.Name) is { } topology) node = node.As(topology);
        return new(property.Name, node, property.IsRequired, FieldDescriptions.Of(owner, property.Name), MergeRule.Of(owner, property.Name));
    }

    private static SchemaNode NodeOf(JsonPropertyInfo property)
    {
        if (property.CustomConverter is HeaderMatchesConverter) return HeaderMatches;
        if (property.CustomConverter is QuantitiesConverter) return Quantities;
        var binary = (property.DeclaringType == typeof(Secret) && property.Name == "data")
            || (property.DeclaringType == typeof(ConfigMap) && property.Name == "binaryData");
        return binary ? BytesMap : Of(property.PropertyType);
    }

    private static SchemaNode? Scalar(Type type) =>
        type == typeof(string) ? Text
        : type == typeof(int) ? new() { Type = SchemaType.Int32 }
        : type == typeof(long) ? new() { Type = SchemaType.Int64 }
        : type == typeof(bool) ? new() { Type = SchemaType.Boolean }
        : type == typeof(DateTimeOffset) ? new() { Type = SchemaType.Time }
        : type == typeof(IntOrString) ? new() { Type = SchemaType.IntOrString }
        : type == typeof(StringMap) ? TextMap
        : type == typeof(RawJson) || type == typeof(CompactJson) || type == typeof(FieldsV1) ? SchemaNode.Any
        : null;
}
