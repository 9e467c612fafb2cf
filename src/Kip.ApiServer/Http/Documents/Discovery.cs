using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security.Reviews;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Documents;

/// <summary>Tells clients what is served: the aggregated documents that they ask for now, and the single ones that older clients walk.</summary>
internal sealed class Discovery(KindCatalog kinds, IReadOnlyList<KindDefinition> measured)
{
    private readonly DocumentCache<(string Path, string? Form)> _documents = new(kinds);

    /// <summary>Answers a discovery path. False when the path is none.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext http, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not (["api" or "apis"] or ["api", _] or ["apis", _] or ["apis", _, _])) return false;
        var form = parts.Length == 1 ? AcceptedForm.OfDiscovery(http.Request.Headers.Accept) : null;
        var document = Find(string.Join('/', parts), parts, form);
        if (document is null) return false;
        if (!HttpMethods.IsGet(http.Request.Method)) throw RequestPipeline.MethodNotAllowed();
        await document.SendAsync(http);
        return true;
    }

    private Document? Find(string path, string[] parts, string? form)
    {
        var documents = _documents.Now;
        if (documents.TryGetValue((path, form), out var known)) return known;
        // Only documents that exist are kept, so that made-up paths do not fill the memory.
        var made = parts switch
        {
            ["api"] => form is null ? Document.Write(WriteVersions) : Aggregated(form, core: true),
            ["apis"] => form is null ? Document.Write(WriteGroupList) : Aggregated(form, core: false),
            ["api", var version] => ResourceList("", version),
            ["apis", var group] => Group(group),
            _ => ResourceList(parts[1], parts[2]),
        };
        return made is null ? null : documents.GetOrAdd((path, form), made);
    }

    private IEnumerable<ServedResource> Served =>
        kinds.Served.SelectMany(static kind => (IEnumerable<ServedResource>)[ServedResource.Of(kind), .. ServedResource.SubresourcesOf(kind)])
            .Concat(measured.Select(static kind => ServedResource.Of(kind) with { Verbs = ["get", "list"] }))
            .Concat(Review.All.SelectMany(ServedResource.InEveryVersion));

    /// <summary>Groups as clients should prefer them, each with its versions. The core group is the empty one.</summary>
    private IEnumerable<IGrouping<string, ServedResource>> Groups(bool core) => Served.Where(r => r.Group.Length == 0 == core).GroupBy(static r => r.Group);

    private Document Aggregated(string form, bool core) => Document.Write(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "APIGroupDiscoveryList");
            writer.WriteString("apiVersion", $"apidiscovery.k8s.io/{form}");
            writer.WriteStartObject("metadata");
            writer.WriteEndObject();
            writer.WriteStartArray("items");
            foreach (var group in Groups(core)) DiscoveryWriter.WriteGroup(writer, group);
            writer.WriteEndArray();
            writer.WriteEndObject();
        },
        $"application/json;g=apidiscovery.k8s.io;v={form};as=APIGroupDiscoveryList");

    private void WriteVersions(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "APIVersions");
        writer.WriteStartArray("versions");
        foreach (var version in Served.Where(static r => r.Group.Length == 0).Select(static r => r.Version).Distinct()) writer.WriteStringValue(version);
        writer.WriteEndArray();
        writer.WriteStartArray("serverAddressByClientCIDRs");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteGroupList(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "APIGroupList");
        writer.WriteString("apiVersion", "v1");
        writer.WriteStartArray("groups");
        foreach (var group in Groups(core: false)) DiscoveryWriter.WriteLegacyGroup(writer, group, whole: false);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private Document? Group(string name)
    {
        var group = Groups(core: false).FirstOrDefault(g => g.Key == name);
        return group is null ? null : Document.Write(writer => DiscoveryWriter.WriteLegacyGroup(writer, group, whole: true));
    }

    private Document? ResourceList(string group, string version)
    {
        var resources = Served.Where(r => r.Group == group && r.Version == version).ToList();
        return resources.Count == 0 ? null : Document.Write(writer => DiscoveryWriter.WriteLegacyResources(writer, resources));
    }
}
