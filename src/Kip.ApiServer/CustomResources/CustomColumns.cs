using System.Globalization;
using System.Text.Json;
using Kip.ApiServer.Tables;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Custom;
using Kip.Rules.CustomResources;

namespace Kip.ApiServer.CustomResources;

/// <summary>The columns that a definition asks for.</summary>
internal static class CustomColumns
{
    /// <summary>Name, and the version's own columns; name and age when it has none.</summary>
    public static IReadOnlyList<PrinterColumn> Of(CustomVersion version) => version.Source.AdditionalPrinterColumns.IsEmpty
        ? [Columns.Name, Columns.Age]
        : [Columns.Name, .. version.Source.AdditionalPrinterColumns.Select(column => Of(version.Kind, column))];

    private static PrinterColumn Of(KindDefinition kind, CustomResourceColumnDefinition column)
    {
        // A path that an earlier kip let in and this one cannot follow shows nothing.
        _ = ColumnPath.TryParse(column.JsonPath, out var path, out _);
        return new(
            column.Name, column.Type, (resource, now) => Cell(kind, (CustomResource)resource, path, column.Type, now), column.Priority,
            column.Description ?? $"Custom resource definition column (in JSONPath format): {column.JsonPath}", column.Format ?? "");
    }

    private static object? Cell(KindDefinition kind, CustomResource resource, ColumnPath path, string type, DateTimeOffset now)
    {
        using var whole = JsonDocument.Parse(kind.Write(resource), new() { MaxDepth = WireJson.MaxDepth });
        var found = path.Find(whole.RootElement).ToArray();
        if (found.Length == 0) return null;
        return type switch
        {
            "integer" => found[0].ValueKind == JsonValueKind.Number && found[0].TryGetDouble(out var number) ? (long)number : null,
            "number" => found[0].ValueKind == JsonValueKind.Number ? found[0].GetRawText() : null,
            "boolean" => found[0].ValueKind is JsonValueKind.True or JsonValueKind.False ? found[0].GetRawText() : null,
            "date" => Age(found[0], now),
            // Several values are shown as a list, as kubectl's own JSONPath does.
            _ => found.Length == 1 ? found[0].ToString() : string.Join(",", found.Select(static value => value.ToString())),
        };
    }

    private static string? Age(JsonElement value, DateTimeOffset now) =>
        value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then)
            ? Durations.Since(then, now)
            : "<invalid>";
}
