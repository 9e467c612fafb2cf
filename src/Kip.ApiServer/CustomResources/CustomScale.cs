using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Patches;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Custom;

namespace Kip.ApiServer.CustomResources;

/// <summary>Where a custom resource keeps its replicas: the paths that its definition names.</summary>
internal static class CustomScale
{
    /// <summary>Wanted and observed replicas, and the selector of what is counted as a text; zero and null where the object says nothing.</summary>
    public static (int Wanted, int Observed, string? Selector) Of(CustomResource resource)
    {
        var paths = PathsOf(resource);
        return (
            Number(paths.SpecReplicasPath), Number(paths.StatusReplicasPath),
            paths.LabelSelectorPath is { Length: > 0 } path ? Find(path)?.ToString() : null);

        int Number(string at) => Find(at) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var count) ? count : 0;

        JsonElement? Find(string at) => resource.Find(at.TrimStart('.'));
    }

    /// <summary>The names that lead to the wanted number in objects of a version; null when the kind is no custom one or has no scale.</summary>
    public static string[]? StepsToReplicas(KindDefinition served) =>
        served.Format is CustomVersion { Source.Subresources.Scale.SpecReplicasPath: { } path } ? StepsOf(path) : null;

    /// <summary>The object with another wanted number.</summary>
    public static CustomResource With(CustomResource resource, int replicas)
    {
        var steps = StepsOf(PathsOf(resource).SpecReplicasPath);
        var content = (JsonObject)JsonTree.Parse(resource.Content.Utf8)!;
        var at = content;
        foreach (var step in steps[..^1])
        {
            if (at[step] is not JsonObject) at[step] = new JsonObject();
            at = (JsonObject)at[step]!;
        }
        at[steps[^1]] = replicas;
        using var document = JsonTree.ParseDocument(JsonTree.Write(content));
        return resource with { Content = CompactJson.Canonical(document.RootElement) };
    }

    private static string[] StepsOf(string path) => path.TrimStart('.').Split('.');

    private static CustomResourceSubresourceScale PathsOf(CustomResource resource) =>
        CustomKind.Of(resource.Definition)?.Version(resource.Version).Source.Subresources?.Scale
        ?? throw ApiException.Of(404, StatusReason.NotFound, "the server could not find the requested resource");
}
