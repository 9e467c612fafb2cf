using System.Text.Json;
using Kip.Resources;

namespace Kip.ApiServer.Http.Documents;

/// <summary>Writes the parts of discovery documents.</summary>
internal static class DiscoveryWriter
{
    /// <summary>A group of an <c>APIGroupDiscoveryList</c>.</summary>
    public static void WriteGroup(Utf8JsonWriter writer, IGrouping<string, ServedResource> group)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("metadata");
        if (group.Key.Length > 0) writer.WriteString("name", group.Key);
        writer.WriteNull("creationTimestamp");
        writer.WriteEndObject();
        writer.WriteStartArray("versions");
        foreach (var version in group.GroupBy(static r => r.Version))
        {
            writer.WriteStartObject();
            writer.WriteString("version", version.Key);
            writer.WriteStartArray("resources");
            foreach (var resource in version.Where(static r => !r.Name.Contains('/', StringComparison.Ordinal))) WriteResource(writer, resource, version);
            writer.WriteEndArray();
            writer.WriteString("freshness", "Current");
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>An <c>APIGroup</c>: on its own, or inside a list.</summary>
    public static void WriteLegacyGroup(Utf8JsonWriter writer, IGrouping<string, ServedResource> group, bool whole)
    {
        writer.WriteStartObject();
        if (whole) writer.WriteString("kind", "APIGroup");
        if (whole) writer.WriteString("apiVersion", "v1");
        writer.WriteString("name", group.Key);
        var versions = group.Select(static r => r.Version).Distinct().ToList();
        writer.WriteStartArray("versions");
        foreach (var version in versions) WriteVersion(writer, group.Key, version);
        writer.WriteEndArray();
        writer.WritePropertyName("preferredVersion");
        WriteVersion(writer, group.Key, versions[0]);
        writer.WriteEndObject();
    }

    /// <summary>An <c>APIResourceList</c>: everything of one group and version.</summary>
    public static void WriteLegacyResources(Utf8JsonWriter writer, IReadOnlyList<ServedResource> resources)
    {
        var first = resources[0];
        writer.WriteStartObject();
        writer.WriteString("kind", "APIResourceList");
        writer.WriteString("apiVersion", "v1");
        writer.WriteString("groupVersion", first.Group.Length == 0 ? first.Version : $"{first.Group}/{first.Version}");
        writer.WriteStartArray("resources");
        foreach (var resource in resources)
        {
            writer.WriteStartObject();
            writer.WriteString("name", resource.Name);
            writer.WriteString("singularName", resource.Singular);
            writer.WriteBoolean("namespaced", resource.Namespaced);
            if (resource.KindGroup != resource.Group) writer.WriteString("group", resource.KindGroup);
            if (resource.KindGroup != resource.Group) writer.WriteString("version", resource.KindVersion);
            writer.WriteString("kind", resource.Kind);
            WriteTexts(writer, "verbs", resource.Verbs);
            WriteNames(writer, resource);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter writer, ServedResource resource, IEnumerable<ServedResource> all)
    {
        writer.WriteStartObject();
        writer.WriteString("resource", resource.Name);
        WriteKind(writer, resource);
        writer.WriteString("scope", resource.Namespaced ? "Namespaced" : "Cluster");
        writer.WriteString("singularResource", resource.Singular);
        WriteTexts(writer, "verbs", resource.Verbs);
        WriteNames(writer, resource);
        var subresources = all.Where(r => r.Name.StartsWith($"{resource.Name}/", StringComparison.Ordinal)).ToList();
        if (subresources.Count > 0)
        {
            writer.WriteStartArray("subresources");
            foreach (var subresource in subresources) WriteSubresource(writer, subresource);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WriteSubresource(Utf8JsonWriter writer, ServedResource resource)
    {
        writer.WriteStartObject();
        writer.WriteString("subresource", resource.Name[(resource.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        WriteKind(writer, resource);
        WriteTexts(writer, "verbs", resource.Verbs);
        writer.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter writer, ServedResource resource)
    {
        writer.WriteStartObject("responseKind");
        writer.WriteString("group", resource.KindGroup);
        writer.WriteString("version", resource.KindVersion);
        writer.WriteString("kind", resource.Kind);
        writer.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter writer, ServedResource resource)
    {
        if (!resource.ShortNames.IsEmpty) WriteTexts(writer, "shortNames", resource.ShortNames);
        if (!resource.Categories.IsEmpty) WriteTexts(writer, "categories", resource.Categories);
    }

    private static void WriteVersion(Utf8JsonWriter writer, string group, string version)
    {
        writer.WriteStartObject();
        writer.WriteString("groupVersion", $"{group}/{version}");
        writer.WriteString("version", version);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
