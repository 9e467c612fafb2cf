using System.Text.RegularExpressions;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Selectors;
using Kip.Rules.Admission;

namespace Kip.Rules.CustomResources;

/// <summary>What one version of a definition may say.</summary>
internal static partial class VersionRules
{
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];

    public static void Validate(CustomResourceDefinitionVersion version, FieldErrors errors)
    {
        if (NameSyntax.Label1035Error(version.Name) is { } wrong) errors.InvalidValue(version.Name, "name", wrong);
        if (version.DeprecationWarning is { Length: > 0 } && !version.Deprecated)
            errors.InvalidValue(version.DeprecationWarning, "deprecationWarning", "can only be set for deprecated versions");
        if (version.Schema?.OpenApiV3Schema is { } schema) StructuralRules.Validate(schema, "schema.openAPIV3Schema", errors);
        else errors.RequiredValue("schema.openAPIV3Schema", "schemas are required");
        if (version.Subresources?.Scale is { } scale) ValidateScale(scale, errors);
        for (var i = 0; i < version.AdditionalPrinterColumns.Count; i++)
        {
            using var scope = errors.In("additionalPrinterColumns", i);
            ValidateColumn(version.AdditionalPrinterColumns[i], errors);
        }
        ValidateSelectable(version, errors);
    }

    private static void ValidateScale(CustomResourceSubresourceScale scale, FieldErrors errors)
    {
        using var subresources = errors.In("subresources");
        using var scope = errors.In("scale");
        Path(scale.SpecReplicasPath, "specReplicasPath", "spec");
        Path(scale.StatusReplicasPath, "statusReplicasPath", "status");
        if (scale.LabelSelectorPath is { Length: > 0 } selector && !SimplePath().IsMatch(selector))
            errors.InvalidValue(selector, "labelSelectorPath", "should be a json path under either .status or .spec");

        void Path(string path, string field, string half)
        {
            if (path.Length == 0) errors.RequiredValue(field);
            else if (!SimplePath().IsMatch(path) || !path.StartsWith($".{half}.", StringComparison.Ordinal))
                errors.InvalidValue(path, field, $"should be a json path under .{half}");
        }
    }

    private static void ValidateColumn(CustomResourceColumnDefinition column, FieldErrors errors)
    {
        if (column.Name.Length == 0) errors.RequiredValue("name");
        if (!ColumnTypes.Contains(column.Type)) errors.InvalidValue(column.Type, "type", "must be one of boolean,date,integer,number,string");
        if (column.JsonPath.Length == 0) errors.RequiredValue("jsonPath");
        else if (!ColumnPath.TryParse(column.JsonPath, out _, out var why)) errors.InvalidValue(column.JsonPath, "jsonPath", why);
    }

    private static void ValidateSelectable(CustomResourceDefinitionVersion version, FieldErrors errors)
    {
        const int Most = 8;
        if (version.SelectableFields.Count > Most)
            errors.Say($"Too many: {version.SelectableFields.Count}: must have at most {Most} items", "selectableFields");
        for (var i = 0; i < version.SelectableFields.Count; i++)
        {
            var path = version.SelectableFields[i].JsonPath;
            if (path.Length == 0) errors.RequiredValue($"selectableFields[{i}].jsonPath");
            else if (!SimplePath().IsMatch(path) || path.StartsWith(".metadata.", StringComparison.Ordinal))
                errors.InvalidValue(path, $"selectableFields[{i}].jsonPath", "is an invalid path: it must be a simple path to a field that is not in metadata");
        }
    }

    [GeneratedRegex(@"^(\.[A-Za-z_][-A-Za-z0-9_]*)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex SimplePath();
}
