using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Custom;

namespace Kip.Client.Http;

/// <summary>The kinds that a server says it serves, custom ones among them, each in the version that it prefers.</summary>
public static class ServedKinds
{
    /// <summary>What to accept, to be told all kinds in one answer.</summary>
    internal const string Accept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

    /// <summary>Reads the aggregated discovery document. Objects of these kinds are read and written as they are, with every field they have.</summary>
    /// <exception cref="JsonException">It is another document.</exception>
    public static IReadOnlyList<KindDefinition> Read(JsonElement document)
    {
        if (Text(document, "kind") != "APIGroupDiscoveryList")
            throw new JsonException($"expected an APIGroupDiscoveryList, found {Text(document, "kind")}: the server may be older than Kubernetes 1.27");
        return
        [
            .. from @group in Items(document, "items")
               let name = @group.TryGetProperty("metadata", out var metadata) ? Text(metadata, "name") : ""
               from version in Items(@group, "versions")
               from resource in Items(version, "resources")
               group KindOf(name, Text(version, "version"), resource) by (name, Text(resource, "resource")) into versions
               select versions.First(),
        ];
    }

    private static KindDefinition KindOf(string @group, string version, JsonElement resource)
    {
        var kind = resource.TryGetProperty("responseKind", out var response) ? Text(response, "kind") : "";
        return CustomResourceFormat.Define(@group, version, kind, Text(resource, "resource"), Text(resource, "scope") == "Namespaced") with
        {
            Singular = Text(resource, "singularResource") is { Length: > 0 } singular ? singular : kind.ToLowerInvariant(),
            ShortNames = [.. Items(resource, "shortNames").Select(static name => name.GetString() ?? "")],
        };
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement around, string name) =>
        around.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static string Text(JsonElement around, string name) =>
        around.ValueKind == JsonValueKind.Object && around.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : "";
}
