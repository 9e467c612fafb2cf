using Kip.ApiServer.Tables;
using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Commands.Resources;

/// <summary>Prints objects in the columns that kubectl shows for their kind.</summary>
internal static class ResourceTable
{
    public static void Print(TextWriter output, KindDefinition kind, IReadOnlyList<Resource> resources, bool withNamespace, DateTimeOffset now)
    {
        var columns = TableWriter.ColumnsOf(kind).Where(static c => c.Priority == 0).ToArray();
        var names = columns.Select(static c => c.Name.ToUpperInvariant());
        var table = new TextTable(withNamespace ? ["NAMESPACE", .. names] : [.. names]);
        foreach (var resource in resources)
        {
            var cells = columns.Select(c => c.Cell(resource, now)?.ToString() ?? "");
            table.Row(withNamespace ? [resource.Metadata.Namespace, .. cells] : [.. cells]);
        }
        table.Print(output);
    }
}
