using System.Text.Json.Nodes;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.Patches;

/// <summary>
/// Applies Kubernetes' strategic merge patch: as a merge patch, but lists of objects merge by a key that the schema names, and a patch may
/// carry directives: <c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder/…</c>, <c>$deleteFromPrimitiveList/…</c>.
/// </summary>
public static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string ElementOrder = "$setElementOrder/";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";

    /// <summary>The document with the patch applied; neither is changed.</summary>
    /// <exception cref="PatchException">The patch is malformed: an unknown directive, or an entry without its list's key.</exception>
    public static JsonNode? Apply(JsonNode? document, JsonNode? patch, SchemaNode schema) =>
        patch is JsonObject changes
            ? MergeObject(document as JsonObject ?? [], changes, schema)
            : throw PatchException.Malformed("a strategic merge patch is an object");

    private static JsonObject MergeObject(JsonObject original, JsonObject patch, SchemaNode schema)
    {
        switch (DirectiveOf(patch))
        {
            case "replace":
                return Without(patch, Directive);
            case "delete":
                return [];
        }

        var merged = (JsonObject)original.DeepClone();
        Retain(merged, patch);
        foreach (var (name, change) in patch)
        {
            if (name is Directive or RetainKeys || name.StartsWith(ElementOrder, StringComparison.Ordinal)) continue;
            if (name.StartsWith(DeleteFromList, StringComparison.Ordinal)) RemoveValues(merged, name[DeleteFromList.Length..], change);
            else MergeField(merged, name, change, patch, schema);
        }
        OrderUntouched(merged, patch, schema);
        return merged;
    }

    private static void MergeField(JsonObject merged, string name, JsonNode? change, JsonObject patch, SchemaNode schema)
    {
        merged.Remove(name, out var old);
        if (change is null) return;
        var (node, rule) = FieldOf(schema, name);
        merged[name] = change switch
        {
            JsonObject members => MergeObject(old as JsonObject ?? [], members, node),
            JsonArray items when rule.MergeList => MergeList(old as JsonArray ?? [], items, rule, node, OrderOf(patch, name)),
            _ => change.DeepClone(),
        };
    }

    private static JsonArray MergeList(JsonArray original, JsonArray patch, MergeRule rule, SchemaNode schema, JsonArray? order) =>
        rule.Key is { } key
            ? StrategicList.MergeByKey(original, patch, key, order, (old, change) => MergeObject(old, change, schema.Items ?? SchemaNode.Any))
            : StrategicList.MergeAsSet(original, patch, order);

    // An order may be given for a list that the patch otherwise leaves alone.
    private static void OrderUntouched(JsonObject merged, JsonObject patch, SchemaNode schema)
    {
        foreach (var (name, _) in patch)
        {
            if (!name.StartsWith(ElementOrder, StringComparison.Ordinal)) continue;
            var field = name[ElementOrder.Length..];
            if (patch.ContainsKey(field) || merged[field] is not JsonArray list) continue;
            var (node, rule) = FieldOf(schema, field);
            if (rule.MergeList) merged[field] = MergeList(list, [], rule, node, OrderOf(patch, field));
        }
    }

    private static void Retain(JsonObject merged, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var value)) return;
        if (value is not JsonArray keys) throw PatchException.Malformed($"{RetainKeys} must be an array of field names");
        var keep = keys.Select(static key => key?.ToString()).ToHashSet();
        foreach (var (name, change) in patch)
            if (!name.StartsWith('$') && change is not null && !keep.Contains(name))
                throw PatchException.Malformed($"{RetainKeys} must name every field of the patch: {name} is missing");
        foreach (var (name, _) in merged.ToArray())
            if (!keep.Contains(name)) merged.Remove(name);
    }

    private static void RemoveValues(JsonObject merged, string field, JsonNode? change)
    {
        if (change is not JsonArray values) throw PatchException.Malformed($"{DeleteFromList}{field} must be an array of values");
        if (merged[field] is not JsonArray list) return;
        var kept = list.Where(item => !values.Any(value => JsonNode.DeepEquals(value, item))).Select(static item => item?.DeepClone());
        merged[field] = new JsonArray([.. kept]);
    }

    private static JsonArray? OrderOf(JsonObject patch, string field) =>
        !patch.TryGetPropertyValue(ElementOrder + field, out var value) ? null
        : value as JsonArray ?? throw PatchException.Malformed($"{ElementOrder}{field} must be an array");

    internal static string? DirectiveOf(JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(Directive, out var value)) return null;
        var text = value is JsonValue scalar && scalar.TryGetValue<string>(out var directive) ? directive : null;
        return text is "replace" or "delete" or "merge" ? text
            : throw PatchException.Malformed($"Unknown patch type found: {value?.ToJsonString() ?? "null"}; $patch is replace, delete or merge");
    }

    internal static JsonObject Without(JsonObject patch, string name)
    {
        var rest = (JsonObject)patch.DeepClone();
        rest.Remove(name);
        return rest;
    }

    private static (SchemaNode Node, MergeRule Rule) FieldOf(SchemaNode schema, string name) =>
        schema.Field(name) is { } field ? (field.Node, field.Merge) : (schema.Items ?? SchemaNode.Any, MergeRule.None);
}
