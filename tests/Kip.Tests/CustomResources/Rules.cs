using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Rules.CustomResources;
using Kip.Rules.CustomResources.Validations;

namespace Kip.Tests.CustomResources;

/// <summary>Schemas with rules, asked about values.</summary>
internal static class Rules
{
    /// <summary>What a schema's rules say of a value, one error a line.</summary>
    public static string Ask(string schema, string value, string? old = null)
    {
        using var described = JsonDocument.Parse(schema);
        using var now = JsonDocument.Parse(value);
        using var before = old is null ? null : JsonDocument.Parse(old);
        return Lines(SchemaRules.Of(SchemaReader.Read(described.RootElement), isResource: true).Validate(now.RootElement, before?.RootElement));
    }

    /// <summary>What is wrong with a definition that has a schema, one error a line.</summary>
    public static string Define(string schema)
    {
        var errors = new FieldErrors();
        StructuralRules.Validate(JsonSerializer.Deserialize<CompactJson>(schema)!, "schema", errors);
        return Lines(errors.Found);
    }

    /// <summary>A schema whose <c>spec</c> is a node with one rule.</summary>
    public static string OfSpec(string node, string rule) =>
        "{\"type\": \"object\", \"properties\": {\"spec\": {" + node + ", \"x-kubernetes-validations\": [" + rule + "]}}}";

    private static string Lines(IEnumerable<FieldError> errors) => string.Join('\n', errors.Select(static error => $"{error.Field}: {error.Message}"));
}
