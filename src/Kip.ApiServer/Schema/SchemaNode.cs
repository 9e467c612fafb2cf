namespace Kip.ApiServer.Schema;

/// <summary>The shape of one value: the single source for field validation, OpenAPI, <c>kubectl explain</c> and strategic merges.</summary>
public sealed class SchemaNode
{
    /// <summary>A value of which nothing is known.</summary>
    public static readonly SchemaNode Any = new() { Type = SchemaType.Any };

    public SchemaNode()
    {
    }

    private SchemaNode(SchemaNode other)
    {
        (Type, ClrType, Description, Items, Topology) = (other.Type, other.ClrType, other.Description, other.Items, other.Topology);
        PreservesUnknown = other.PreservesUnknown;
        FindFields = () => other.Fields;
    }

    public required SchemaType Type { get; init; }

    /// <summary>The record an object is read into; names its OpenAPI component. Null for objects without one.</summary>
    public Type? ClrType { get; init; }

    /// <summary>What the whole value is for, in a sentence; empty when nobody wrote one.</summary>
    public string Description { get; init; } = "";

    /// <summary>An object's fields, in the order they are written.</summary>
    public IReadOnlyList<SchemaField> Fields
    {
        // Two threads may find the same fields at once; either list will do.
        get => field ??= FindFields?.Invoke() ?? [];
        init;
    }

    /// <summary>Finds the fields when they are first asked for, so that a type may hold itself.</summary>
    public Func<IReadOnlyList<SchemaField>>? FindFields { private get; init; }

    /// <summary>What an array or a map holds.</summary>
    public SchemaNode? Items { get; init; }

    /// <summary>How server-side apply sees a list or an object.</summary>
    public Topology Topology { get; init; } = Topology.Default;

    /// <summary>The same shape, seen by server-side apply in another way.</summary>
    public SchemaNode As(Topology topology) => topology == Topology ? this : new(this) { Type = Type, Topology = topology };

    /// <summary>Whether an object keeps members that <see cref="Fields"/> does not name.</summary>
    public bool PreservesUnknown { get; init; }

    /// <summary>The field of this name, or null.</summary>
    public SchemaField? Field(string name)
    {
        foreach (var field in Fields)
            if (field.Name == name) return field;
        return null;
    }

    /// <summary>The type's name in Go's words, for messages that people search the web for.</summary>
    public string GoName => Type switch
    {
        SchemaType.Object => $"v1.{ClrType?.Name ?? "object"}",
        SchemaType.Map => $"map[string]{Items!.GoName}",
        SchemaType.Array => $"[]{Items!.GoName}",
        SchemaType.Int32 => "int32",
        SchemaType.Int64 => "int64",
        SchemaType.Boolean => "bool",
        SchemaType.Time => "v1.Time",
        SchemaType.Bytes => "[]uint8",
        SchemaType.IntOrString => "intstr.IntOrString",
        SchemaType.Quantity => "resource.Quantity",
        SchemaType.Number => "float64",
        SchemaType.Any => "interface {}",
        _ => "string",
    };
}

/// <summary>One field of an object.</summary>
/// <param name="Name">As on the wire.</param>
/// <param name="Node">What it holds.</param>
/// <param name="Required">Whether the object makes no sense without it.</param>
/// <param name="Description">What it is for; empty when nobody wrote it down.</param>
/// <param name="Merge">How a strategic merge treats it.</param>
public sealed record SchemaField(string Name, SchemaNode Node, bool Required, string Description, MergeRule Merge);
