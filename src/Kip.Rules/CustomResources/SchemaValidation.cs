using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.CustomResources;

/// <summary>Checks a custom resource against its schema, in the words of Kubernetes' own validation.</summary>
public sealed class SchemaValidation
{
    // More complaints than this help nobody, and a schema's junctors can make very many.
    private const int MaxErrors = 50;

    private readonly List<FieldError> _errors = [];

    /// <summary>What is wrong with a value.</summary>
    /// <param name="old">What is stored now; parts that have not changed are not looked at, so that an object that was once let in can still be
    /// changed.</param>
    public static IReadOnlyList<FieldError> Validate(JsonElement value, JsonElement? old, StructuralSchema schema)
    {
        var validation = new SchemaValidation();
        validation.Value(value, old, schema, "");
        return validation._errors;
    }

    private void Value(JsonElement value, JsonElement? old, StructuralSchema schema, string path)
    {
        if (_errors.Count >= MaxErrors || (old is { } before && JsonElement.DeepEquals(value, before))) return;
        if (value.ValueKind == JsonValueKind.Null && schema.Nullable) return;
        if (!HasType(value, schema))
        {
            var found = TypeOf(value);
            Add(path, "FieldValueTypeInvalid", $"Invalid value: \"{found}\": {InBody(path)} must be of type {TypesOf(schema)}: \"{found}\"");
            return;
        }
        if (schema.Enum.Length > 0 && !schema.Enum.Contains(CompactJson.Canonical(value)))
            Add(path, "FieldValueNotSupported", $"Unsupported value: {value.GetRawText()}: supported values: {string.Join(", ", schema.Enum)}");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: Members(value, old, schema, path); break;
            case JsonValueKind.Array: Items(value, old, schema, path); break;
            case JsonValueKind.String: Text(value.GetString()!, schema, path); break;
            case JsonValueKind.Number: Number(value, schema.Limits, path); break;
        }
        Junctors(value, schema, path);
    }

    private void Members(JsonElement value, JsonElement? old, StructuralSchema schema, string path)
    {
        foreach (var name in schema.Required)
            if (!value.TryGetProperty(name, out _)) Add(Join(path, name), "FieldValueRequired", "Required value");
        if (schema.IsEmbeddedResource) Embedded(value, path);
        var count = 0;
        foreach (var member in value.EnumerateObject())
        {
            count++;
            var known = schema.Properties.GetValueOrDefault(member.Name) ?? schema.AdditionalProperties;
            if (known is not null && !IsEnvelope(schema, member.Name, path)) Value(member.Value, Member(old, member.Name), known, Join(path, member.Name));
        }
        if (schema.Limits.MinProperties > count) Invalid(path, value, $"should have at least {schema.Limits.MinProperties} properties");
        if (schema.Limits.MaxProperties < count) TooMany(path, count, schema.Limits.MaxProperties.Value);
    }

    // What every object has is checked by the rules for all objects.
    private static bool IsEnvelope(StructuralSchema schema, string name, string path) =>
        (path.Length == 0 || schema.IsEmbeddedResource) && name is "apiVersion" or "kind" or "metadata";

    private void Embedded(JsonElement value, string path)
    {
        foreach (var name in (string[])["apiVersion", "kind"])
            if (Member(value, name) is not { ValueKind: JsonValueKind.String } text || text.GetString() is not { Length: > 0 })
                Add(Join(path, name), "FieldValueRequired", "Required value: must not be empty");
    }

    private void Items(JsonElement value, JsonElement? old, StructuralSchema schema, string path)
    {
        var count = value.GetArrayLength();
        if (schema.Limits.MinItems > count)
            Add(path, "FieldValueInvalid", $"Invalid value: {count}: {InBody(path)} should have at least {schema.Limits.MinItems} items");
        if (schema.Limits.MaxItems < count) TooMany(path, count, schema.Limits.MaxItems.Value);
        var before = schema.ListType == "map" ? ListKeys.ByKey(old, schema) : null;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var at = $"{path}[{index++}]";
            JsonElement? earlier = before is not null && before.TryGetValue(ListKeys.Of(item, schema).ToString(), out var found) ? found : null;
            if (schema.Items is { } known) Value(item, earlier, known, at);
        }
        if (schema.ListType is "set" or "map") Distinct(value, schema, path);
    }

    private void Distinct(JsonElement value, StructuralSchema schema, string path)
    {
        var seen = new HashSet<CompactJson>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var key = schema.ListType == "map" ? ListKeys.Of(item, schema) : CompactJson.Canonical(item);
            if (!seen.Add(key)) Add($"{path}[{index}]", "FieldValueDuplicate", $"Duplicate value: {key}");
            index++;
        }
    }

    private void Text(string value, StructuralSchema schema, string path)
    {
        var limits = schema.Limits;
        if (limits.MinLength is not null || limits.MaxLength is not null)
        {
            var length = value.EnumerateRunes().Count();
            if (limits.MinLength > length) Invalid(path, value, $"should be at least {limits.MinLength} chars long");
            if (limits.MaxLength < length) Add(path, "FieldValueTooLong", $"Too long: may not be more than {limits.MaxLength} bytes");
        }
        if (limits.Pattern is { } pattern && !pattern.IsMatch(value)) Invalid(path, value, $"should match '{pattern}'");
        if (schema.Format is { } format && !TextFormats.Fits(format, value))
            Add(path, "FieldValueTypeInvalid", $"Invalid value: {Quoted(value)}: {InBody(path)} must be of type {format}: {Quoted(value)}");
    }

    private void Number(JsonElement value, ValueLimits limits, string path)
    {
        var number = value.GetDouble();
        if (number > limits.Maximum || (limits.ExclusiveMaximum && number == limits.Maximum))
            Invalid(path, value, $"should be less than {(limits.ExclusiveMaximum ? "" : "or equal to ")}{limits.Maximum}");
        if (number < limits.Minimum || (limits.ExclusiveMinimum && number == limits.Minimum))
            Invalid(path, value, $"should be greater than {(limits.ExclusiveMinimum ? "" : "or equal to ")}{limits.Minimum}");
        if (limits.MultipleOf is > 0 and { } step && !double.IsInteger(number / step)) Invalid(path, value, $"should be a multiple of {step}");
    }

    private void Junctors(JsonElement value, StructuralSchema schema, string path)
    {
        foreach (var part in schema.AllOf) Value(value, null, part, path);
        if (schema.AnyOf.Length > 0 && !schema.AnyOf.Any(part => Fits(value, part, path)))
            Invalid(path, value, "must validate at least one schema (anyOf)");
        if (schema.OneOf.Length > 0 && schema.OneOf.Count(part => Fits(value, part, path)) is not 1 and var count)
            Invalid(path, value, $"must validate one and only one schema (oneOf). {(count == 0 ? "Found none valid" : $"Found {count} valid alternatives")}");
        if (schema.Not is { } not && Fits(value, not, path)) Invalid(path, value, "must not validate the schema (not)");
    }

    private static bool Fits(JsonElement value, StructuralSchema schema, string path)
    {
        var inner = new SchemaValidation();
        inner.Value(value, null, schema, path);
        return inner._errors.Count == 0;
    }

    private static bool HasType(JsonElement value, StructuralSchema schema)
    {
        if (schema.IsIntOrString) return value.ValueKind == JsonValueKind.String || IsInteger(value);
        return schema.Type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => IsInteger(value),
            "number" => value.ValueKind == JsonValueKind.Number,
            _ => true,
        };
    }

    private static bool IsInteger(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && (value.TryGetInt64(out _) || (value.TryGetDouble(out var number) && double.IsInteger(number)));

    private static string TypesOf(StructuralSchema schema) => schema.IsIntOrString ? "integer,string" : schema.Type;

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => IsInteger(value) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static JsonElement? Member(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var member) ? member : null;

    private void Invalid(string path, JsonElement value, string why) =>
        Add(path, "FieldValueInvalid", $"Invalid value: {value.GetRawText()}: {InBody(path)} {why}");

    private void Invalid(string path, string value, string why) => Add(path, "FieldValueInvalid", $"Invalid value: {Quoted(value)}: {InBody(path)} {why}");

    private void TooMany(string path, int count, long most) => Add(path, "FieldValueTooMany", $"Too many: {count}: must have at most {most} items");

    private void Add(string path, string reason, string message)
    {
        if (_errors.Count < MaxErrors) _errors.Add(new(path, reason, message));
    }

    private static string Quoted(string value) => $"\"{value}\"";

    private static string InBody(string path) => path.Length == 0 ? "the object" : $"{path} in body";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
