using Kip.ApiServer.Http;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Security.Authorization;

/// <summary>Reads from a request what it asks to do, as Kubernetes' authorization sees it.</summary>
internal static class RequestAttributes
{
    private const string NameField = "metadata.name=";

    // Whoever may run programs in a pod, or reach its ports, does more than read it, even where the connection begins with a GET.
    private static readonly string[] Connections = ["exec", "attach", "portforward", "proxy"];

    /// <param name="path">The request's path when it names a resource; else null.</param>
    public static AccessRequest Of(HttpRequest request, ResourcePath? path)
    {
        if (path is not { Plural.Length: > 0 }) return AccessRequest.OfPath(request.Method.ToLowerInvariant(), request.Path.Value ?? "/");
        var isNamespace = path is { Group.Length: 0, Plural: "namespaces", Name: not null };
        return new AccessRequest(
            VerbOf(request, path), path.Group, path.Plural, path.Subresource ?? "", (isNamespace ? path.Name : path.Namespace) ?? "", NameOf(request, path))
        {
            Version = path.Version,
        };
    }

    private static string VerbOf(HttpRequest request, ResourcePath path) => request.Method switch
    {
        "GET" or "POST" when Connections.Contains(path.Subresource) => "create",
        "GET" or "HEAD" when path.Name is not null => "get",
        "GET" or "HEAD" => request.Query.Flag("watch") ? "watch" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => path.Name is null ? "deletecollection" : "delete",
        var other => other.ToLowerInvariant(),
    };

    // A list or watch of one name asks for that object only, so a rule with resourceNames can allow it.
    private static string NameOf(HttpRequest request, ResourcePath path) =>
        path.Name
        ?? (HttpMethods.IsGet(request.Method) && request.Query.Text("fieldSelector") is { } selector
            && selector.StartsWith(NameField, StringComparison.Ordinal) && selector.IndexOfAny([',', '!']) < 0
                ? selector[NameField.Length..]
                : "");
}
