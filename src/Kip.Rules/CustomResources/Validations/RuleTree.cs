using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>The rules of a schema, ready to run, and of those inside it; only the parts of the schema that lead to rules.</summary>
internal sealed class RuleTree
{
    public required StructuralSchema Schema { get; init; }
    public required bool IsResource { get; init; }
    public required ImmutableArray<CompiledRule> Rules { get; init; }
    public required FrozenDictionary<string, RuleTree> Properties { get; init; }
    public RuleTree? Items { get; init; }
    public RuleTree? AdditionalProperties { get; init; }

    /// <summary>Whether a rule here or below must be asked even where nothing changed.</summary>
    public bool ComparesWithBefore { get; private init; }

    /// <summary>The tree of a schema; null when it has no rules.</summary>
    public static RuleTree? Of(StructuralSchema schema, bool isResource)
    {
        var properties = new Dictionary<string, RuleTree>();
        foreach (var (name, property) in schema.Properties)
            if (Of(property, property.IsEmbeddedResource) is { } tree) properties[name] = tree;
        var items = schema.Items is { } item ? Of(item, item.IsEmbeddedResource) : null;
        var values = schema.AdditionalProperties is { } other ? Of(other, other.IsEmbeddedResource) : null;
        var self = schema.Rules.IsEmpty ? null : SchemaTypes.Of(schema, isResource);
        ImmutableArray<CompiledRule> rules = self is null ? [] : [.. schema.Rules.Select(rule => new CompiledRule(rule, schema, self))];
        if (rules.IsEmpty && properties.Count == 0 && items is null && values is null) return null;
        return new()
        {
            Schema = schema, IsResource = isResource, Rules = rules, Properties = properties.ToFrozenDictionary(), Items = items, AdditionalProperties = values,
            ComparesWithBefore = rules.Any(static rule => rule.UsesOldSelf)
                || properties.Values.Append(items).Append(values).Any(static tree => tree?.ComparesWithBefore == true),
        };
    }
}
