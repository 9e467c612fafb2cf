using System.Text.Json;
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
public static class TableWriter
{
    private static readonly PrinterColumn[] Default = [Columns.Name, Columns.Age];

    /// <summary>The columns of a kind; name and age for a kind that has none of its own.</summary>
    public static IReadOnlyList<PrinterColumn> ColumnsOf(KindDefinition kind) =>
        KnativeColumns.ByKind.GetValueOrDefault(kind) ?? CoreColumns.ByKind.GetValueOrDefault(kind) ?? Default;

    /// <summary>Writes one table.</summary>
    /// <param name="withHeadings">False for all but the first table of a watch.</param>
    public static void Write(
        Utf8JsonWriter writer, KindDefinition kind, IEnumerable<Resource> objects, ListMeta metadata, IncludeObject include, DateTimeOffset now,
        bool withHeadings = true)
    {
        var columns = ColumnsOf(kind);
        writer.WriteStartObject();
        writer.WriteString("kind", "Table");
        writer.WriteString("apiVersion", "meta.k8s.io/v1");
        writer.WritePropertyName("metadata");
        JsonSerializer.Serialize(writer, metadata, WireJson.Of<ListMeta>());
        writer.WriteStartArray("columnDefinitions");
        if (withHeadings)
            foreach (var column in columns) WriteHeading(writer, column);
        writer.WriteEndArray();
        writer.WriteStartArray("rows");
        foreach (var resource in objects) WriteRow(writer, columns, resource, include, now);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteHeading(Utf8JsonWriter writer, PrinterColumn column)
    {
        writer.WriteStartObject();
        writer.WriteString("name", column.Name);
        writer.WriteString("type", column.Type);
        writer.WriteString("format", column.Format);
        writer.WriteString("description", column.Description);
        writer.WriteNumber("priority", column.Priority);
        writer.WriteEndObject();
    }

    private static void WriteRow(
        Utf8JsonWriter writer, IReadOnlyList<PrinterColumn> columns, Resource resource, IncludeObject include, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("cells");
        foreach (var column in columns) WriteCell(writer, column.Cell(resource, now));
        writer.WriteEndArray();
        if (include != IncludeObject.None) writer.WritePropertyName("object");
        if (include == IncludeObject.Object) resource.GetDefinition().Write(writer, resource);
        if (include == IncludeObject.Metadata) WritePartial(writer, resource);
        writer.WriteEndObject();
    }

    private static void WriteCell(Utf8JsonWriter writer, object? cell)
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

    /// <summary>Writes kind and metadata only: a <c>PartialObjectMetadata</c>.</summary>
    public static void WritePartial(Utf8JsonWriter writer, Resource resource)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "PartialObjectMetadata");
        writer.WriteString("apiVersion", "meta.k8s.io/v1");
        writer.WritePropertyName("metadata");
        JsonSerializer.Serialize(writer, resource.Metadata, WireJson.Of<ObjectMeta>());
        writer.WriteEndObject();
    }
}
