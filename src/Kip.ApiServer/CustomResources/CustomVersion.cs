using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Schema;
using Kip.ApiServer.Tables;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Custom;
using Kip.Rules.CustomResources;

namespace Kip.ApiServer.CustomResources;

/// <summary>One version of a custom kind: how its objects are read, shaped and shown.</summary>
internal sealed class CustomVersion : CustomResourceFormat, ISchemaSource
{
    private readonly CustomResourceDefinitionVersion _source;
    private readonly Lazy<StructuralSchema> _schema;
    private readonly Lazy<SchemaNode> _node;

    public CustomVersion(CustomResourceDefinition definition, CustomResourceDefinitionVersion source, KindDefinition stored)
    {
        _source = source;
        // A server has many definitions and few of them in use: their schemas are read when somebody needs them.
        _schema = new(() => SchemaReader.Read(source.Schema?.OpenApiV3Schema));
        _node = new(() => StructuralNodes.OfObject(Schema));
        var names = definition.Status.AcceptedNames;
        Kind = new()
        {
            Group = stored.Group, Version = source.Name, Kind = stored.Kind, Plural = stored.Plural, Namespaced = stored.Namespaced,
            Singular = names.Singular ?? stored.Singular, ShortNames = names.ShortNames, Categories = names.Categories,
            HasStatus = source.Subresources?.Status is not null, HasScale = source.Subresources?.Scale is not null,
            StoredAs = new(stored, static resource => resource, static resource => resource), ClrType = typeof(CustomResource), Format = this,
        };
        SelectableFields = [.. source.SelectableFields.Select(static field => field.JsonPath.TrimStart('.'))];
    }

    public string Name => _source.Name;

    /// <summary>The kind in this version.</summary>
    public KindDefinition Kind { get; }

    public bool IsServed => _source.Served;

    public bool IsStorage => _source.Storage;

    public CustomResourceDefinitionVersion Source => _source;

    public StructuralSchema Schema => _schema.Value;

    /// <summary>What tables show.</summary>
    public IReadOnlyList<PrinterColumn> Columns => field ??= CustomColumns.Of(this);

    SchemaNode ISchemaSource.Schema => _node.Value;

    public override IReadOnlyCollection<string> SelectableFields { get; }

    public override bool SeparatesStatus(string version) => Kind.HasStatus;

    public override void Write(KindDefinition kind, Utf8JsonWriter writer, Resource resource) => base.Write(kind, writer, Shaped((CustomResource)resource));

    /// <summary>The object without what this version does not know and with its defaults; the very object when it has this shape already.</summary>
    public CustomResource Shaped(CustomResource resource, ICollection<string>? dropped = null)
    {
        if (ReferenceEquals(resource.Shape, Schema)) return resource;
        using var content = resource.Content.Parse();
        using var status = resource.Status?.Parse();
        var root = JsonObject.Create(content.RootElement)!;
        if (status is not null) root["status"] = ValueOf(status.RootElement);
        Pruning.Prune(root, Schema, dropped);
        Defaulting.Fill(root, Schema);
        root.Remove("status", out var shaped);
        return resource with
        {
            Version = Name,
            Shape = Schema,
            Content = Kept(resource.Content, root)!,
            Status = Kept(resource.Status, shaped),
        };
    }

    private static JsonNode? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(value),
    };

    // The same instance where nothing changed: versions of an object share what they have in common.
    private static CompactJson? Kept(CompactJson? before, JsonNode? after)
    {
        if (after is null) return null;
        using var document = JsonSerializer.SerializeToDocument(after, JsonNodeContext.Default.JsonNode);
        var fresh = CompactJson.Canonical(document.RootElement);
        return fresh == before ? before : fresh;
    }
}
