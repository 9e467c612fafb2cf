using Kip.Rules.Admission;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>What a definition's <c>x-kubernetes-validations</c> may say, so that every one of them can be asked.</summary>
internal sealed class RuleDefinitions(FieldErrors errors)
{
    private const int MaxMessage = 2048;

    private static readonly string[] Reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

    /// <summary>Checks the rules of a schema that is structural; paths are those below the version.</summary>
    public static void Validate(StructuralSchema schema, string path, FieldErrors errors) =>
        new RuleDefinitions(errors).Node(schema, path, isResource: true, apart: null);

    /// <param name="apart">The list whose items cannot be told apart from what they were; null: values can be compared with what they were.</param>
    private void Node(StructuralSchema schema, string path, bool isResource, string? apart)
    {
        Rules(schema, path, isResource, apart);
        if (schema.Default is { } filler && errors.IsEmpty)
            foreach (var wrong in SchemaRules.Of(schema, isResource).Validate(filler, null))
                errors.Say($"Invalid value: {filler.GetRawText()}: {wrong.Message}", $"{path}.default");
        foreach (var (name, property) in schema.Properties.OrderBy(static property => property.Key, StringComparer.Ordinal))
            Node(property, $"{path}.properties[{name}]", property.IsEmbeddedResource, apart);
        if (schema.AdditionalProperties is { } values) Node(values, $"{path}.additionalProperties", values.IsEmbeddedResource, apart);
        if (schema.Items is { } items) Node(items, $"{path}.items", items.IsEmbeddedResource, apart ?? (schema.ListType == "map" ? null : $"{path}.items"));
    }

    private void Rules(StructuralSchema schema, string path, bool isResource, string? apart)
    {
        if (schema.Rules.IsEmpty) return;
        var self = SchemaTypes.Of(schema, isResource);
        if (self is null) errors.Forbidden($"{path}.x-kubernetes-validations", "rules need a schema that says what the value is");
        else
            for (var i = 0; i < schema.Rules.Length; i++)
            {
                var at = $"{path}.x-kubernetes-validations[{i}]";
                if (schema.Rules[i].Rule.Trim().Length == 0) errors.RequiredValue($"{at}.rule", "rule is not specified");
                else Expressions(new(schema.Rules[i], schema, self), at, apart);
                Words(schema.Rules[i], schema, at);
            }
    }

    private void Expressions(CompiledRule rule, string at, string? apart)
    {
        if (rule.Problem is { } problem) errors.InvalidValue(rule.Source.Rule, $"{at}.rule", Failed(problem));
        if (rule.MessageProblem is { } wrong) errors.InvalidValue(rule.Source.MessageExpression, $"{at}.messageExpression", Failed(wrong));
        if (rule.UsesOldSelf && apart is not null)
            errors.InvalidValue(rule.Source.Rule, $"{at}.rule", $"oldSelf cannot be used on the uncorrelatable portion of the schema within {apart}");
        if (rule.Source.OptionalOldSelf is not null && !rule.UsesOldSelf)
            errors.InvalidValue(
                rule.Source.OptionalOldSelf == true ? "true" : "false", $"{at}.optionalOldSelf", "may not be set if oldSelf is not used in rule");
    }

    private void Words(ValidationRule rule, StructuralSchema schema, string at)
    {
        if (rule.Message is { Length: > 0 } message)
        {
            if (message.Trim().Length == 0) errors.InvalidValue(message, $"{at}.message", "message must be non-empty if specified");
            else if (message.Contains('\n', StringComparison.Ordinal)) errors.InvalidValue(message, $"{at}.message", "message must not contain line breaks");
            if (message.Length > MaxMessage) errors.Say($"Too long: may not be more than {MaxMessage} bytes", $"{at}.message");
        }
        else if (rule.MessageExpression is null && rule.Rule.Trim().Contains('\n', StringComparison.Ordinal))
            errors.RequiredValue($"{at}.message", "message must be specified if rule contains line breaks");
        if (rule.MessageExpression?.Trim().Length == 0)
            errors.RequiredValue($"{at}.messageExpression", "must be non-empty if specified");
        if (rule.Reason is { } reason && !Reasons.Contains(reason)) errors.UnsupportedValue(reason, $"{at}.reason", Reasons);
        if (rule.FieldPath is { Length: > 0 } path && FieldPath.Read(path, schema) is null)
            errors.InvalidValue(path, $"{at}.fieldPath", "fieldPath must be a valid path");
    }

    private static string Failed(string problem) => problem.StartsWith("cel expression", StringComparison.Ordinal) ? problem : $"compilation failed: {problem}";
}
