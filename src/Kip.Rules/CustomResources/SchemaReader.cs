using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Kip.Resources;
using Kip.Rules.CustomResources.Validations;

namespace Kip.Rules.CustomResources;

/// <summary>Reads an <c>openAPIV3Schema</c>. What it cannot mean is for the rules of definitions to say; what it cannot read is left out.</summary>
public static class SchemaReader
{
    /// <summary>The schema of a definition's version; keeps everything where there is none.</summary>
    public static StructuralSchema Read(CompactJson? schema)
    {
        if (schema is null) return StructuralSchema.Empty with { Type = "object", PreservesUnknown = true };
        using var document = schema.Parse();
        return Read(document.RootElement);
    }

    /// <summary>One node.</summary>
    public static StructuralSchema Read(JsonElement node)
    {
        if (node.ValueKind != JsonValueKind.Object) return StructuralSchema.Empty;
        return new()
        {
            Type = Text(node, "type") ?? "",
            Format = Text(node, "format"),
            Description = Text(node, "description") ?? "",
            Nullable = Flag(node, "nullable"),
            Default = Member(node, "default")?.Clone(),
            Properties = Member(node, "properties") is { ValueKind: JsonValueKind.Object } properties
                ? properties.EnumerateObject().DistinctBy(static p => p.Name).ToFrozenDictionary(static p => p.Name, static p => Read(p.Value))
                : FrozenDictionary<string, StructuralSchema>.Empty,
            Required = Texts(node, "required"),
            Items = Member(node, "items") is { ValueKind: JsonValueKind.Object } items ? Read(items) : null,
            AdditionalProperties = Additional(node),
            PreservesUnknown = Flag(node, "x-kubernetes-preserve-unknown-fields"),
            IsIntOrString = Flag(node, "x-kubernetes-int-or-string"),
            IsEmbeddedResource = Flag(node, "x-kubernetes-embedded-resource"),
            ListType = Text(node, "x-kubernetes-list-type"),
            ListMapKeys = Texts(node, "x-kubernetes-list-map-keys"),
            MapType = Text(node, "x-kubernetes-map-type"),
            Limits = LimitsOf(node),
            Enum = Elements(node, "enum").Select(CompactJson.Canonical).ToImmutableArray(),
            AllOf = Schemas(node, "allOf"),
            AnyOf = Schemas(node, "anyOf"),
            OneOf = Schemas(node, "oneOf"),
            Not = Member(node, "not") is { ValueKind: JsonValueKind.Object } not ? Read(not) : null,
            Rules = Elements(node, "x-kubernetes-validations").Select(RuleOf).ToImmutableArray(),
        };
    }

    private static ValidationRule RuleOf(JsonElement rule) => new()
    {
        Rule = Text(rule, "rule") ?? "",
        Message = Text(rule, "message"),
        MessageExpression = Text(rule, "messageExpression"),
        Reason = Text(rule, "reason"),
        FieldPath = Text(rule, "fieldPath"),
        OptionalOldSelf = Member(rule, "optionalOldSelf") is { } optional ? optional.ValueKind == JsonValueKind.True : null,
    };

    // additionalProperties: true allows any members, of which nothing is known.
    private static StructuralSchema? Additional(JsonElement node) => Member(node, "additionalProperties") switch
    {
        { ValueKind: JsonValueKind.Object } schema => Read(schema),
        { ValueKind: JsonValueKind.True } => StructuralSchema.Empty,
        _ => null,
    };

    private static ValueLimits LimitsOf(JsonElement node)
    {
        var limits = new ValueLimits
        {
            Minimum = Number(node, "minimum"),
            ExclusiveMinimum = Flag(node, "exclusiveMinimum"),
            Maximum = Number(node, "maximum"),
            ExclusiveMaximum = Flag(node, "exclusiveMaximum"),
            MultipleOf = Number(node, "multipleOf"),
            MinLength = Count(node, "minLength"),
            MaxLength = Count(node, "maxLength"),
            Pattern = Text(node, "pattern") is { Length: > 0 } pattern ? new(pattern) : null,
            MinItems = Count(node, "minItems"),
            MaxItems = Count(node, "maxItems"),
            UniqueItems = Flag(node, "uniqueItems"),
            MinProperties = Count(node, "minProperties"),
            MaxProperties = Count(node, "maxProperties"),
        };
        // Most nodes set no limits; they share one object.
        return limits == ValueLimits.None ? ValueLimits.None : limits;
    }

    private static JsonElement? Member(JsonElement node, string name) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static string? Text(JsonElement node, string name) => Member(node, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool Flag(JsonElement node, string name) => Member(node, name) is { ValueKind: JsonValueKind.True };

    private static double? Number(JsonElement node, string name) =>
        Member(node, name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static long? Count(JsonElement node, string name) =>
        Member(node, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var count) ? count : null;

    private static JsonElement.ArrayEnumerator Elements(JsonElement node, string name) =>
        Member(node, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;

    private static ImmutableArray<string> Texts(JsonElement node, string name) =>
        Elements(node, name).Where(static e => e.ValueKind == JsonValueKind.String).Select(static e => e.GetString()!).ToImmutableArray();

    private static ImmutableArray<StructuralSchema> Schemas(JsonElement node, string name) => Elements(node, name).Select(Read).ToImmutableArray();
}
