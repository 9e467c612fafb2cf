using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Kip.Resources;
using Kip.Rules.CustomResources.Validations;

namespace Kip.Rules.CustomResources;

/// <summary>What a definition says of one value: a node of its <c>openAPIV3Schema</c>.</summary>
/// <remarks>The shape (type, members, items) is what a structural schema says without its <c>allOf</c>, <c>anyOf</c>, <c>oneOf</c> and <c>not</c>.</remarks>
public sealed record StructuralSchema
{
    public static readonly StructuralSchema Empty = new();

    /// <summary><c>object</c>, <c>array</c>, <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>; empty where it is not said.</summary>
    public string Type { get; init; } = "";
    public string? Format { get; init; }
    public string Description { get; init; } = "";
    public bool Nullable { get; init; }

    /// <summary>What is filled in where the field is absent, or null and not nullable.</summary>
    public JsonElement? Default { get; init; }
    public FrozenDictionary<string, StructuralSchema> Properties { get; init; } = FrozenDictionary<string, StructuralSchema>.Empty;
    public ImmutableArray<string> Required { get; init; } = [];
    public StructuralSchema? Items { get; init; }

    /// <summary>The values of members that <see cref="Properties"/> does not name; null: there may be none.</summary>
    public StructuralSchema? AdditionalProperties { get; init; }

    /// <summary><c>x-kubernetes-preserve-unknown-fields</c>: members that are not named are kept.</summary>
    public bool PreservesUnknown { get; init; }
    public bool IsIntOrString { get; init; }

    /// <summary><c>x-kubernetes-embedded-resource</c>: an object with apiVersion, kind and metadata of its own.</summary>
    public bool IsEmbeddedResource { get; init; }

    /// <summary><c>atomic</c>, <c>set</c> or <c>map</c>; null where it is not said.</summary>
    public string? ListType { get; init; }
    public ImmutableArray<string> ListMapKeys { get; init; } = [];

    /// <summary><c>granular</c> or <c>atomic</c>; null where it is not said.</summary>
    public string? MapType { get; init; }
    public ValueLimits Limits { get; init; } = ValueLimits.None;

    /// <summary>The values that are possible, in canonical form; empty: all.</summary>
    public ImmutableArray<CompactJson> Enum { get; init; } = [];
    public ImmutableArray<StructuralSchema> AllOf { get; init; } = [];
    public ImmutableArray<StructuralSchema> AnyOf { get; init; } = [];
    public ImmutableArray<StructuralSchema> OneOf { get; init; } = [];
    public StructuralSchema? Not { get; init; }

    /// <summary>The <c>x-kubernetes-validations</c>.</summary>
    public ImmutableArray<ValidationRule> Rules { get; init; } = [];

    /// <summary>The rules of this schema and of those inside it, where it describes whole objects. Made ready when somebody asks for them.</summary>
    public SchemaRules RulesOfObject => field ??= SchemaRules.Of(this, isResource: true);
}
