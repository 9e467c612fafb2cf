using System.Text.Json;
using Kip.ApiServer.CustomResources;
using Kip.Resources;

namespace Kip.ApiServer.Tables;

/// <summary>How much of each object a table carries beside the cells.</summary>
public enum IncludeObject
{
    /// <summary>Kind and metadata: the default.</summary>
    Metadata,
    None,
    Object,
}

/// <summary>Writes objects as a <c>meta.k8s.io/v1</c> Table, which clients print without knowing the kind.</summary>
/// <param name="writer">Where to.</param>
/// <param name="kind">The kind of all rows.</param>
/// <param name="include">How much of each object goes with its row.</param>
/// <param name="now">What ages are reckoned from.</param>
/// <param name="apiVersion">The version of the Table and of the metadata in it.</param>
public sealed class TableWriter(
    Utf8JsonWriter writer, KindDefinition kind, IncludeObject include, DateTimeOffset now, string apiVersion = TableWriter.ApiVersion)
{
    /// <summary>The version that clients ask for now; <c>v1beta1</c> is the same.</summary>
    public const string ApiVersion = "meta.k8s.io/v1";

    private static readonly PrinterColumn[] Default = [Columns.Name, Columns.Age];

    private readonly IReadOnlyList<PrinterColumn> _columns = ColumnsOf(kind);

    /// <summary>The columns of a kind; name and age for a kind that has none of its own.</summary>
    public static IReadOnlyList<PrinterColumn> ColumnsOf(KindDefinition kind) =>
        (kind.Format as CustomVersion)?.Columns ?? KnativeColumns.ByKind.GetValueOrDefault(kind) ?? EventingColumns.ByKind.GetValueOrDefault(kind)
        ?? CoreColumns.ByKind.GetValueOrDefault(kind) ?? AccessColumns.ByKind.GetValueOrDefault(kind)
        ?? WorkloadColumns.ByKind.GetValueOrDefault(kind) ?? Default;

    /// <summary>Writes a whole table.</summary>
    /// <param name="withHeadings">False for all but the first table of a watch.</param>
    public static void Write(
        Utf8JsonWriter writer, KindDefinition kind, IEnumerable<Resource> objects, ListMeta metadata, IncludeObject include, DateTimeOffset now,
        bool withHeadings = true, string apiVersion = ApiVersion)
    {
        var table = new TableWriter(writer, kind, include, now, apiVersion);
        table.Begin(metadata, withHeadings);
        foreach (var resource in objects) table.Row(resource);
        table.End();
    }

    /// <summary>Writes everything before the first row.</summary>
    public void Begin(ListMeta metadata, bool withHeadings)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "Table");
        writer.WriteString("apiVersion", apiVersion);
        writer.WritePropertyName("metadata");
        JsonSerializer.Serialize(writer, metadata, WireJson.Of<ListMeta>());
        writer.WriteStartArray("columnDefinitions");
        if (withHeadings)
            foreach (var column in _columns) WriteHeading(column);
        writer.WriteEndArray();
        writer.WriteStartArray("rows");
    }

    /// <summary>Writes one object's row.</summary>
    public void Row(Resource resource)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("cells");
        foreach (var column in _columns) WriteCell(column.Cell(resource, now));
        writer.WriteEndArray();
        if (include != IncludeObject.None) writer.WritePropertyName("object");
        if (include == IncludeObject.Object) kind.Write(writer, resource);
        if (include == IncludeObject.Metadata) WritePartial(writer, resource, apiVersion);
        writer.WriteEndObject();
    }

    /// <summary>Writes everything after the last row.</summary>
    public void End()
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes kind and metadata only: a <c>PartialObjectMetadata</c>.</summary>
    public static void WritePartial(Utf8JsonWriter writer, Resource resource, string apiVersion = ApiVersion)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "PartialObjectMetadata");
        writer.WriteString("apiVersion", apiVersion);
        writer.WritePropertyName("metadata");
        JsonSerializer.Serialize(writer, resource.Metadata, WireJson.Of<ObjectMeta>());
        writer.WriteEndObject();
    }

    private void WriteHeading(PrinterColumn column)
    {
        writer.WriteStartObject();
        writer.WriteString("name", column.Name);
        writer.WriteString("type", column.Type);
        writer.WriteString("format", column.Format);
        writer.WriteString("description", column.Description);
        writer.WriteNumber("priority", column.Priority);
        writer.WriteEndObject();
    }

    private void WriteCell(object? cell)
    {
        switch (cell)
        {
            case null:
                writer.WriteNullValue();
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue(cell.ToString());
                break;
        }
    }
}
