using System.Text.Json.Nodes;

namespace Kip.Testing.Fuzzing;

/// <summary>One resource that the server's discovery lists, with its subresources.</summary>
/// <param name="Root">E.g. <c>/apis/apps/v1</c>.</param>
public sealed record FuzzTarget(string Root, string ApiVersion, string Plural, string Kind, bool Namespaced, IReadOnlyList<string> Subresources)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>Asks the server what there is, so that whatever is added to it is fuzzed, too.</summary>
    public static async Task<IReadOnlyList<FuzzTarget>> DiscoverAsync(HttpClient http, CancellationToken cancel)
    {
        var found = new List<FuzzTarget>();
        foreach (var path in (string[])["/api", "/apis"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", Aggregated);
            using var answer = await http.SendAsync(request, cancel);
            var groups = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancel))!["items"]!.AsArray();
            found.AddRange(groups.SelectMany(static group => OfGroup(group!)));
        }
        return found;
    }

    private static IEnumerable<FuzzTarget> OfGroup(JsonNode group)
    {
        var name = group["metadata"]?["name"]?.GetValue<string>() ?? "";
        foreach (var version in group["versions"]!.AsArray())
        {
            var number = version!["version"]!.GetValue<string>();
            var (root, apiVersion) = name.Length == 0 ? ($"/api/{number}", number) : ($"/apis/{name}/{number}", $"{name}/{number}");
            foreach (var resource in version["resources"]!.AsArray())
                yield return new FuzzTarget(
                    root, apiVersion, resource!["resource"]!.GetValue<string>(), resource["responseKind"]!["kind"]!.GetValue<string>(),
                    resource["scope"]!.GetValue<string>() == "Namespaced",
                    [.. (resource["subresources"]?.AsArray() ?? []).Select(static s => s!["subresource"]!.GetValue<string>())]);
        }
    }
}
