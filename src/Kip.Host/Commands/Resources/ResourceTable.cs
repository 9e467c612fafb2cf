using Kip.ApiServer.Tables;
using Kip.Client.Http;
using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Commands.Resources;

/// <summary>Prints objects in the columns that kubectl shows for their kind.</summary>
internal static class ResourceTable
{
    /// <param name="wide">With the columns that are shown only when more is asked for.</param>
    public static void Print(
        TextWriter output, KindDefinition kind, IReadOnlyList<Resource> resources, bool withNamespace, DateTimeOffset now, bool wide = false)
    {
        var columns = TableWriter.ColumnsOf(kind).Where(c => wide || c.Priority == 0).ToArray();
        var names = columns.Select(static c => c.Name.ToUpperInvariant());
        var table = new TextTable(withNamespace ? ["NAMESPACE", .. names] : [.. names]);
        foreach (var resource in resources)
        {
            var cells = columns.Select(c => c.Cell(resource, now)?.ToString() ?? "");
            table.Row(withNamespace ? [resource.Metadata.Namespace, .. cells] : [.. cells]);
        }
        table.Print(output);
    }

    /// <summary>Prints objects in the columns that the server shows.</summary>
    public static void Print(TextWriter output, ServerTable shown, bool withNamespace)
    {
        var names = shown.Columns.Select(static column => column.ToUpperInvariant());
        var table = new TextTable(withNamespace ? ["NAMESPACE", .. names] : [.. names]);
        foreach (var (@namespace, cells) in shown.Rows) table.Row(withNamespace ? [@namespace, .. cells] : [.. cells]);
        table.Print(output);
    }
}
