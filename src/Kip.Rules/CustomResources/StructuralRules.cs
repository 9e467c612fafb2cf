using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Rules.CustomResources.Validations;

namespace Kip.Rules.CustomResources;

/// <summary>What a definition's schema may say, so that fields can be dropped, filled in and checked along it: Kubernetes' structural schemas.</summary>
internal sealed class StructuralRules(FieldErrors errors)
{
    private const int MaxDepth = 60;

    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] NotSupported =
        ["$ref", "$schema", "id", "definitions", "dependencies", "patternProperties", "additionalItems", "deprecated", "readOnly", "writeOnly"];

    // Inside allOf, anyOf, oneOf and not, only limits may be set: the shape is said once, outside.
    private static readonly string[] ShapeOnly =
    [
        "description", "title", "type", "default", "additionalProperties", "nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations",
    ];

    /// <summary>Checks a whole schema; paths are those below the version.</summary>
    public static void Validate(CompactJson schema, string path, FieldErrors errors)
    {
        using var document = schema.Parse();
        var root = document.RootElement;
        var rules = new StructuralRules(errors);
        if (root.ValueKind != JsonValueKind.Object)
        {
            errors.InvalidValue(root.GetRawText(), path, "must be an object");
            return;
        }
        if (Text(root, "type") is "" or null) errors.RequiredValue($"{path}.type", "must not be empty at the root");
        else if (Text(root, "type") != "object") errors.InvalidValue(Text(root, "type"), $"{path}.type", "must be object at the root");
        rules.Node(root, path, null, 0);
        rules.Metadata(root, path);
        // Expressions mean nothing over a schema that is not one.
        if (errors.IsEmpty) RuleDefinitions.Validate(SchemaReader.Read(root), path, errors);
    }

    private void Node(JsonElement node, string path, string? requiredFor, int depth)
    {
        if (depth > MaxDepth)
        {
            errors.Forbidden(path, $"schemas may nest {MaxDepth} levels deep at most");
            return;
        }
        if (node.ValueKind != JsonValueKind.Object)
        {
            errors.InvalidValue(node.GetRawText(), path, "must be a schema object");
            return;
        }
        Keywords(node, path);
        var schema = SchemaReader.Read(node);
        Type(schema, path, requiredFor);
        Lists(schema, path);
        Default(schema, path);
        if (Member(node, "properties") is { ValueKind: JsonValueKind.Object } properties)
            foreach (var property in properties.EnumerateObject())
                Node(property.Value, $"{path}.properties[{property.Name}]", "specified object fields", depth + 1);
        if (Member(node, "additionalProperties") is { ValueKind: JsonValueKind.Object } values)
            Node(values, $"{path}.additionalProperties", "specified object fields", depth + 1);
        if (Member(node, "items") is { ValueKind: JsonValueKind.Object } items) Node(items, $"{path}.items", "specified array items", depth + 1);
        Junctors(node, path, schema.IsIntOrString, depth);
    }

    private void Keywords(JsonElement node, string path)
    {
        foreach (var keyword in NotSupported)
            if (Member(node, keyword) is not null) errors.Forbidden($"{path}.{keyword}", $"{keyword} is not supported");
        if (Member(node, "uniqueItems") is { ValueKind: JsonValueKind.True })
            errors.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        if (Member(node, "additionalProperties") is { ValueKind: JsonValueKind.False })
            errors.Forbidden($"{path}.additionalProperties", "additionalProperties cannot be set to false");
        if (Member(node, "additionalProperties") is not null && Member(node, "properties") is not null)
            errors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");
        if (Member(node, "items") is { ValueKind: JsonValueKind.Array })
            errors.Forbidden($"{path}.items", "items must be a schema object and not an array");
        if (Member(node, "x-kubernetes-preserve-unknown-fields") is { ValueKind: JsonValueKind.False })
            errors.InvalidValue(false, $"{path}.x-kubernetes-preserve-unknown-fields", "must be true or undefined");
        if (Text(node, "pattern") is { Length: > 0 } pattern && new GoPattern(pattern).Problem is { } problem)
            errors.InvalidValue(pattern, $"{path}.pattern", $"must be a valid regular expression, but isn't: {problem}");
    }

    private void Type(StructuralSchema schema, string path, string? requiredFor)
    {
        if (schema.IsIntOrString && schema.Type.Length > 0)
            errors.InvalidValue(schema.Type, $"{path}.type", "must be empty if x-kubernetes-int-or-string is true");
        else if (schema.Type.Length > 0 && !Types.Contains(schema.Type)) errors.UnsupportedValue(schema.Type, $"{path}.type", Types);
        else if (schema is { Type: "", IsIntOrString: false, PreservesUnknown: false } && requiredFor is not null)
            errors.RequiredValue($"{path}.type", $"must not be empty for {requiredFor}");
        if (schema is { Type: "array", Items: null }) errors.RequiredValue($"{path}.items", "must be specified");
        if (!schema.IsEmbeddedResource) return;
        if (schema.Type != "object") errors.InvalidValue(schema.Type, $"{path}.type", "must be object if x-kubernetes-embedded-resource is true");
        if (schema is { Properties.Count: 0, PreservesUnknown: false })
            errors.RequiredValue($"{path}.properties",
                "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
    }

    private void Lists(StructuralSchema schema, string path)
    {
        if (schema.MapType is { } mapType)
        {
            if (mapType is not ("atomic" or "granular")) errors.UnsupportedValue(mapType, $"{path}.x-kubernetes-map-type", "atomic", "granular");
            if (schema.Type != "object") errors.InvalidValue(schema.Type, $"{path}.type", "must be object if x-kubernetes-map-type is specified");
        }
        if (schema.ListType is not { } listType)
        {
            if (schema.ListMapKeys.Length > 0) errors.RequiredValue($"{path}.x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty");
            return;
        }
        if (listType is not ("atomic" or "set" or "map")) errors.UnsupportedValue(listType, $"{path}.x-kubernetes-list-type", "atomic", "set", "map");
        if (schema.Type != "array") errors.InvalidValue(schema.Type, $"{path}.type", "must be array if x-kubernetes-list-type is specified");
        if (listType == "map") Keys(schema, path);
        else if (schema.ListMapKeys.Length > 0)
            errors.InvalidValue(listType, $"{path}.x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty");
    }

    private void Keys(StructuralSchema schema, string path)
    {
        if (schema.ListMapKeys.Length == 0) errors.RequiredValue($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
        if (schema.Items is not { Type: "object" } items)
        {
            errors.InvalidValue(schema.Items?.Type ?? "", $"{path}.items.type", "must be object if parent array's x-kubernetes-list-type is map");
            return;
        }
        foreach (var key in schema.ListMapKeys)
        {
            var property = items.Properties.GetValueOrDefault(key);
            if (property is null)
                errors.InvalidValue(key, $"{path}.x-kubernetes-list-map-keys", "entries must all be names of item properties");
            else if (property.Type is "array" or "object")
                errors.InvalidValue(
                    property.Type, $"{path}.items.properties[{key}].type", "must be a scalar type if parent array's x-kubernetes-list-type is map");
            else if (!items.Required.Contains(key) && property.Default is null)
                errors.RequiredValue($"{path}.items.properties[{key}].default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
        }
    }

    private void Default(StructuralSchema schema, string path)
    {
        if (schema.Default is not { } filler) return;
        var dropped = new List<string>();
        if (filler.ValueKind == JsonValueKind.Object) Pruning.Prune((JsonObject)JsonObject.Create(filler)!.DeepClone(), schema, dropped);
        if (dropped.Count > 0)
            errors.Say($"Invalid value: {filler.GetRawText()}: must not have unknown fields: {string.Join(", ", dropped)}", $"{path}.default");
        foreach (var wrong in SchemaValidation.Validate(filler, null, schema))
            errors.Say($"Invalid value: {filler.GetRawText()}: {wrong.Message}", $"{path}.default");
    }

    private void Junctors(JsonElement node, string path, bool intOrString, int depth)
    {
        foreach (var name in (string[])["allOf", "anyOf", "oneOf"])
        {
            if (Member(node, name) is not { ValueKind: JsonValueKind.Array } parts) continue;
            var index = 0;
            foreach (var part in parts.EnumerateArray()) Junctor(part, $"{path}.{name}[{index++}]", intOrString, depth + 1);
        }
        if (Member(node, "not") is { ValueKind: JsonValueKind.Object } not) Junctor(not, $"{path}.not", intOrString, depth + 1);
    }

    private void Junctor(JsonElement node, string path, bool intOrString, int depth)
    {
        if (depth > MaxDepth || node.ValueKind != JsonValueKind.Object) return;
        foreach (var keyword in ShapeOnly)
            // The one exception: anyOf of integer and string says what x-kubernetes-int-or-string means.
            if (Member(node, keyword) is not null && !(intOrString && keyword == "type"))
                errors.Forbidden($"{path}.{keyword}", "must be empty to be structural");
        if (Member(node, "properties") is { ValueKind: JsonValueKind.Object } properties)
            foreach (var property in properties.EnumerateObject()) Junctor(property.Value, $"{path}.properties[{property.Name}]", false, depth + 1);
        if (Member(node, "items") is { ValueKind: JsonValueKind.Object } items) Junctor(items, $"{path}.items", false, depth + 1);
        Junctors(node, path, intOrString, depth);
    }

    // What metadata looks like is not the definition's to say, but for limits on the names.
    private void Metadata(JsonElement root, string path)
    {
        if (Member(root, "properties") is not { ValueKind: JsonValueKind.Object } properties || Member(properties, "metadata") is not { } metadata) return;
        if (Member(metadata, "properties") is { ValueKind: JsonValueKind.Object } fields
            && fields.EnumerateObject().Any(static field => field.Name is not ("name" or "generateName")))
            errors.Forbidden(
                $"{path}.properties[metadata]", "must not specify anything other than name and generateName, but metadata is implicitly specified");
    }

    private static JsonElement? Member(JsonElement node, string name) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static string? Text(JsonElement node, string name) => Member(node, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
