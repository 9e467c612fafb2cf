using System.Globalization;
using System.Text;
using Kip.Client.Pods;
using Kip.Resources;

namespace Kip.Client.Http;

/// <summary>The paths and queries of the Kubernetes API.</summary>
internal static class ResourceUrl
{
    /// <summary>All objects of a kind in a namespace, or everywhere.</summary>
    public static string Collection(KindDefinition kind, string? @namespace)
    {
        var root = kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.Group}/{kind.Version}";
        return kind.Namespaced && !string.IsNullOrEmpty(@namespace)
            ? $"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{kind.Plural}"
            : $"{root}/{kind.Plural}";
    }

    /// <summary>One object, or one of its subresources.</summary>
    /// <exception cref="ApiException">The name or the namespace is missing: the path would mean something else.</exception>
    public static string Object(KindDefinition kind, NamespacedName name, string? subresource = null)
    {
        if (name.Name.Length == 0) throw Missing(kind, name, "metadata.name");
        RequireNamespace(kind, name);
        var path = $"{Collection(kind, name.Namespace)}/{Uri.EscapeDataString(name.Name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    /// <exception cref="ApiException">The kind lives in namespaces and none is given.</exception>
    public static void RequireNamespace(KindDefinition kind, NamespacedName name)
    {
        if (kind.Namespaced && name.Namespace.Length == 0)
            throw Missing(kind, name, "metadata.namespace");
    }

    // As the server would say it, had there been a path to ask it by.
    private static ApiException Missing(KindDefinition kind, NamespacedName name, string field) =>
        ApiException.Invalid(kind, name.Name, [new StatusCause { Reason = "FieldValueRequired", Message = "Required value", Field = field }]);

    public static string List(KindDefinition kind, ListOptions options) => Collection(kind, options.Namespace) + Query(
        ("labelSelector", options.LabelSelector), ("fieldSelector", options.FieldSelector), ("resourceVersion", options.ResourceVersion),
        ("limit", options.Limit?.ToString(CultureInfo.InvariantCulture)), ("continue", options.Continue));

    public static string Watch(KindDefinition kind, ListOptions options, TimeSpan lasting) => Collection(kind, options.Namespace) + Query(
        ("watch", "true"), ("labelSelector", options.LabelSelector), ("fieldSelector", options.FieldSelector),
        ("resourceVersion", options.ResourceVersion), ("allowWatchBookmarks", options.AllowBookmarks ? "true" : null),
        ("timeoutSeconds", ((int)lasting.TotalSeconds).ToString(CultureInfo.InvariantCulture)));

    public static string Log(NamespacedName pod, PodLogOptions options) => Object(Resources.Core.Pod.Definition, pod, "log") + Query(
        ("container", options.Container), ("follow", options.Follow ? "true" : null), ("previous", options.Previous ? "true" : null),
        ("timestamps", options.Timestamps ? "true" : null), ("sinceTime", options.SinceTime?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        ("tailLines", options.TailLines?.ToString(CultureInfo.InvariantCulture)),
        ("limitBytes", options.LimitBytes?.ToString(CultureInfo.InvariantCulture)));

    public static string Exec(NamespacedName pod, PodExecOptions options)
    {
        var query = Query(
            ("container", options.Container), ("stdin", options.Stdin ? "true" : null), ("stdout", "true"), ("stderr", options.Tty ? null : "true"),
            ("tty", options.Tty ? "true" : null));
        return Object(Resources.Core.Pod.Definition, pod, "exec") + query
            + string.Concat(options.Command.Select(static w => $"&command={Uri.EscapeDataString(w)}"));
    }

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters)
            if (!string.IsNullOrEmpty(value)) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return query.ToString();
    }
}
