using System.Text.Json;

namespace Kip.Client.Http;

/// <summary>Objects as the server shows them: a <c>Table</c> of <c>meta.k8s.io/v1</c>. It knows columns that only the kind's definition names.</summary>
/// <param name="Columns">Their names; those that are shown only when more is asked for are among them if it was.</param>
/// <param name="Rows">Each object's namespace, empty where it lives in none, and its cells.</param>
public sealed record ServerTable(IReadOnlyList<string> Columns, IReadOnlyList<(string Namespace, IReadOnlyList<string> Cells)> Rows)
{
    internal const string Accept = "application/json;as=Table;v=v1;g=meta.k8s.io";

    /// <exception cref="JsonException">It is no table.</exception>
    internal static ServerTable Read(JsonElement table, bool wide)
    {
        if (!table.TryGetProperty("columnDefinitions", out var columns)) throw new JsonException("expected a Table");
        var shown = columns.EnumerateArray().Select((column, at) => (Name: column.GetProperty("name").GetString()!, At: at, IsWide: Priority(column) > 0))
            .Where(column => wide || !column.IsWide).ToArray();
        var rows = table.TryGetProperty("rows", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
        return new(
            [.. shown.Select(static column => column.Name)],
            [.. rows.Select(row => (NamespaceOf(row), (IReadOnlyList<string>)[.. shown.Select(column => Cell(row.GetProperty("cells")[column.At]))]))]);
    }

    private static int Priority(JsonElement column) => column.TryGetProperty("priority", out var priority) ? priority.GetInt32() : 0;

    private static string Cell(JsonElement cell) => cell.ValueKind == JsonValueKind.Null ? "" : cell.ToString();

    private static string NamespaceOf(JsonElement row) =>
        row.TryGetProperty("object", out var of) && of.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("namespace", out var name)
            ? name.GetString() ?? "" : "";
}
