using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Security;

/// <summary>Which security settings a template leaves open, whose defaults in Kubernetes are lax.</summary>
internal static class SecurityWarnings
{
    private const string Text = "Kubernetes default value is insecure, Knative may default this to secure in a future release";

    /// <summary>One sentence with all the paths; none when the platform's own defaults are secure.</summary>
    public static IEnumerable<string> Of(RevisionSpec spec, string path, FeaturesConfig features)
    {
        if (features.SecurePods != SecurePodDefaults.Disabled) return [];
        var open = new List<string>();
        for (var i = 0; i < spec.Containers.Count; i++) Add(spec.Containers[i], spec.SecurityContext, $"{path}.containers[{i}].securityContext", open);
        for (var i = 0; i < spec.InitContainers.Count; i++)
            Add(spec.InitContainers[i], spec.SecurityContext, $"{path}.initContainers[{i}].securityContext", open);
        return open.Count == 0 ? [] : [$"{Text}: {string.Join(", ", open)}"];
    }

    private static void Add(Container container, RawJson? podContext, string path, List<string> open)
    {
        var own = SecurityContext.Of(container.SecurityContext);
        var pod = SecurityContext.Of(podContext);
        if (own?["runAsNonRoot"] is null && pod?["runAsNonRoot"] is null) open.Add($"{path}.runAsNonRoot");
        if (own?["allowPrivilegeEscalation"] is null) open.Add($"{path}.allowPrivilegeEscalation");
        if (own?["seccompProfile"] is null && pod?["seccompProfile"] is null) open.Add($"{path}.seccompProfile");
        if (own?["capabilities"] is not { } capabilities) open.Add($"{path}.capabilities");
        else if (capabilities is not System.Text.Json.Nodes.JsonObject named || named["drop"] is not System.Text.Json.Nodes.JsonArray drop)
            open.Add($"{path}.capabilities.drop");
        else if (drop.Any(static d => d?.GetValueKind() == JsonValueKind.String && d.GetValue<string>() == "all"))
            open.Add($"{path}.capabilities.drop");
    }
}
