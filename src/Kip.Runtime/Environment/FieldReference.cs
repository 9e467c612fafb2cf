using System.Text.Json;
using System.Text.RegularExpressions;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Runtime.Environment;

/// <summary>A <c>fieldRef</c>: a part of the pod as an environment variable (the downward API).</summary>
internal static partial class FieldReference
{
    public static string Resolve(Pod pod, RawJson reference)
    {
        using var json = JsonDocument.Parse(reference.Text);
        var path = json.RootElement.TryGetProperty("fieldPath", out var value) ? value.GetString() : null;
        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.Namespace,
            "metadata.uid" => pod.Metadata.Uid ?? "",
            "spec.nodeName" => pod.Spec.NodeName ?? "",
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "",
            // Processes share the host's loopback; the status may not say so yet when the environment is made.
            "status.podIP" or "status.podIPs" => pod.Status.PodIP ?? "127.0.0.1",
            "status.hostIP" or "status.hostIPs" => pod.Status.HostIP ?? "127.0.0.1",
            _ => Entry(pod, path ?? ""),
        };
    }

    private static string Entry(Pod pod, string path)
    {
        var match = Subscript.Match(path);
        if (!match.Success) throw new EnvironmentException($"unsupported fieldPath: {path}");
        var map = match.Groups["map"].Value == "labels" ? pod.Metadata.Labels : pod.Metadata.Annotations;
        return map.Get(match.Groups["key"].Value) ?? "";
    }

    [GeneratedRegex(@"^metadata\.(?<map>labels|annotations)\['(?<key>[^']+)'\]$", RegexOptions.ExplicitCapture)]
    private static partial Regex Subscript { get; }
}
