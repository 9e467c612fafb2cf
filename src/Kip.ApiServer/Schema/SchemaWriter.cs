using System.Text.Json;
using Kip.Resources;

namespace Kip.ApiServer.Schema;

/// <summary>Writes schemas as OpenAPI knows them: every record a component of its own, referred to by name.</summary>
/// <param name="writer">Where to.</param>
/// <param name="prefix">Where components are found: <c>#/components/schemas/</c> (3.0) or <c>#/definitions/</c> (2.0).</param>
/// <param name="maxCustomBytes">When the schemas of custom kinds have come to so much, those of further ones only say that they are objects.</param>
internal sealed class SchemaWriter(Utf8JsonWriter writer, string prefix, long maxCustomBytes = SchemaWriter.MaxCustomBytes)
{
    // A document is kept while it may be asked for, so all custom kinds together must not fill the memory.
    private const int MaxCustomBytes = 16 * 1024 * 1024;

    // Kubernetes wraps references in allOf where version 3 would ignore what stands beside them; version 2 tools know only the bare form.
    private readonly bool _wrapReferences = prefix.StartsWith("#/components", StringComparison.Ordinal);

    /// <summary>Writes the components of kinds, of their lists, and of everything they are made of, as members of the object that is open.</summary>
    public void WriteComponents(IReadOnlyList<KindDefinition> kinds)
    {
        var (builtIn, custom) = (kinds.Where(static k => k.Format is null).ToDictionary(static k => k.ClrType), kinds.Where(static k => k.Format is not null));
        var pending = new Queue<SchemaNode>(builtIn.Values.Select(SchemaBuilder.Of).Append(SchemaBuilder.Of(typeof(ListMeta))));
        var before = Written;
        foreach (var kind in custom)
        {
            // What a custom kind is made of is written in place; only the metadata has a name.
            if (Written - before < maxCustomBytes) WriteComponent(ComponentNames.Of(kind), SchemaBuilder.Of(kind), kind);
            else WriteOpenComponent(kind);
            pending.Enqueue(SchemaBuilder.Of(typeof(ObjectMeta)));
        }
        var seen = new HashSet<Type>();
        while (pending.TryDequeue(out var node))
        {
            if (!seen.Add(node.ClrType!)) continue;
            WriteComponent(ComponentNames.Of(node.ClrType!), node, builtIn.GetValueOrDefault(node.ClrType!));
            foreach (var field in node.Fields)
                if (Leaf(field.Node) is { ClrType: not null } inner) pending.Enqueue(inner);
        }
        foreach (var kind in kinds) WriteList(kind);
    }

    /// <summary>Writes a reference to a component, as a value.</summary>
    public void WriteReference(string component)
    {
        writer.WriteStartObject();
        writer.WriteString("$ref", prefix + component);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>x-kubernetes-group-version-kind</c> as Kubernetes does on schemas: a list of one.</summary>
    private void WriteKindList(KindDefinition kind, string suffix = "")
    {
        writer.WriteStartArray("x-kubernetes-group-version-kind");
        WriteKind(writer, kind, suffix);
        writer.WriteEndArray();
    }

    /// <summary>Writes group, version and kind as a value.</summary>
    public static void WriteKind(Utf8JsonWriter writer, KindDefinition kind, string suffix = "")
    {
        writer.WriteStartObject();
        writer.WriteString("group", kind.Group);
        writer.WriteString("kind", kind.Kind + suffix);
        writer.WriteString("version", kind.Version);
        writer.WriteEndObject();
    }

    private static SchemaNode Leaf(SchemaNode node)
    {
        while (node.Items is { } items) node = items;
        return node;
    }

    private void WriteComponent(string name, SchemaNode node, KindDefinition? kind)
    {
        writer.WriteStartObject(name);
        writer.WriteString("description", node.Description);
        WriteFields(node);
        WriteTopology(node);
        if (kind is not null) WriteKindList(kind);
        writer.WriteEndObject();
    }

    private long Written => writer.BytesCommitted + writer.BytesPending;

    private void WriteOpenComponent(KindDefinition kind)
    {
        writer.WriteStartObject(ComponentNames.Of(kind));
        writer.WriteString("description", "The schemas of the kinds that are defined here are too large to be told in one document: see the "
            + $"CustomResourceDefinition {kind.QualifiedPlural}.");
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var field in EveryObject.Fields) WriteField(field);
        writer.WriteEndObject();
        writer.WriteBoolean("x-kubernetes-preserve-unknown-fields", true);
        WriteKindList(kind);
        writer.WriteEndObject();
    }

    private void WriteFields(SchemaNode node)
    {
        writer.WriteString("type", "object");
        var required = node.Fields.Where(static f => f.Required).ToList();
        if (required.Count > 0)
        {
            writer.WriteStartArray("required");
            foreach (var field in required) writer.WriteStringValue(field.Name);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("properties");
        foreach (var field in node.Fields) WriteField(field);
        writer.WriteEndObject();
    }

    private void WriteField(SchemaField field)
    {
        writer.WriteStartObject(field.Name);
        var described = field.Description.Length > 0 ? field.Description : field.Node.Description;
        if (described.Length > 0) writer.WriteString("description", described);
        WriteType(field.Node);
        if (field.Merge.Strategy is { } strategy) writer.WriteString("x-kubernetes-patch-strategy", strategy);
        if (field.Merge.Key is { } key) writer.WriteString("x-kubernetes-patch-merge-key", key);
        WriteTopology(field.Node);
        writer.WriteEndObject();
    }

    // A component says for itself that it is atomic; a list says it always, as Kubernetes' own documents do.
    private void WriteTopology(SchemaNode node)
    {
        var (isList, kind) = (node.Type == SchemaType.Array, node.Topology.Kind);
        if (!isList && kind is TopologyKind.Atomic) writer.WriteString("x-kubernetes-map-type", "atomic");
        else if (isList || kind is not TopologyKind.Default)
            writer.WriteString("x-kubernetes-list-type", kind switch { TopologyKind.Map => "map", TopologyKind.Set => "set", _ => "atomic" });
        if (kind is not TopologyKind.Map) return;
        writer.WriteStartArray("x-kubernetes-list-map-keys");
        foreach (var key in node.Topology.Keys) writer.WriteStringValue(key.Name);
        writer.WriteEndArray();
    }

    private void WriteType(SchemaNode node)
    {
        switch (node.Type)
        {
            case SchemaType.Object when node.ClrType is { } type:
                WriteReferenceTo(ComponentNames.Of(type));
                break;
            case SchemaType.Object:
                WriteFields(node);
                break;
            case SchemaType.Array:
                writer.WriteString("type", "array");
                WriteItems("items", node.Items!);
                break;
            case SchemaType.Map:
                writer.WriteString("type", "object");
                WriteItems("additionalProperties", node.Items!);
                break;
            case SchemaType.Any:
                writer.WriteBoolean("x-kubernetes-preserve-unknown-fields", true);
                break;
            default:
                WriteScalar(node.Type);
                break;
        }
    }

    private void WriteItems(string member, SchemaNode items)
    {
        writer.WriteStartObject(member);
        WriteType(items);
        writer.WriteEndObject();
    }

    private void WriteReferenceTo(string component)
    {
        if (!_wrapReferences)
        {
            writer.WriteString("$ref", prefix + component);
            return;
        }
        writer.WriteStartArray("allOf");
        WriteReference(component);
        writer.WriteEndArray();
    }

    private void WriteScalar(SchemaType type)
    {
        var (name, format) = type switch
        {
            SchemaType.Int32 => ("integer", "int32"),
            SchemaType.Int64 => ("integer", "int64"),
            SchemaType.Boolean => ("boolean", null),
            SchemaType.Number => ("number", null),
            SchemaType.Time => ("string", "date-time"),
            SchemaType.Bytes => ("string", "byte"),
            SchemaType.IntOrString => ("string", "int-or-string"),
            _ => ("string", (string?)null),
        };
        writer.WriteString("type", name);
        if (format is not null) writer.WriteString("format", format);
        if (type == SchemaType.IntOrString) writer.WriteBoolean("x-kubernetes-int-or-string", true);
    }

    private void WriteList(KindDefinition kind)
    {
        writer.WriteStartObject(ComponentNames.ListOf(kind));
        writer.WriteString("description", $"A list of {kind.Kind} objects.");
        writer.WriteString("type", "object");
        writer.WriteStartArray("required");
        writer.WriteStringValue("items");
        writer.WriteEndArray();
        writer.WriteStartObject("properties");
        WriteField(new("apiVersion", SchemaBuilder.Of(typeof(string)), false, "Group and version of the list.", MergeRule.None));
        WriteField(new("kind", SchemaBuilder.Of(typeof(string)), false, "The list's kind.", MergeRule.None));
        WriteField(new("metadata", SchemaBuilder.Of(typeof(ListMeta)), false, "The version at which the list was read, and how to read on.", MergeRule.None));
        writer.WriteStartObject("items");
        writer.WriteString("description", "The objects.");
        writer.WriteString("type", "array");
        writer.WriteStartObject("items");
        WriteReferenceTo(ComponentNames.Of(kind));
        writer.WriteEndObject();
        writer.WriteString("x-kubernetes-list-type", "atomic");
        writer.WriteEndObject();
        writer.WriteEndObject();
        WriteKindList(kind, "List");
        writer.WriteEndObject();
    }
}
