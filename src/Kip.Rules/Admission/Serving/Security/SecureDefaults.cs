using System.Text.Json.Nodes;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Revisions;

namespace Kip.Rules.Admission.Serving.Security;

/// <summary>The security settings that containers get under <c>secure-pod-defaults</c> where they state none.</summary>
internal static class SecureDefaults
{
    private const int FirstFreePort = 1024;

    /// <summary>The container's security context with what it leaves open; the very object when there is nothing to add.</summary>
    public static RawJson? Apply(RevisionSpec spec, Container container, SecurePodDefaults wanted)
    {
        if (wanted == SecurePodDefaults.Disabled) return container.SecurityContext;
        var own = SecurityContext.Of(container.SecurityContext) ?? (container.SecurityContext is null ? [] : null);
        // What is no object is told by validation.
        if (own is null) return container.SecurityContext;
        var pod = SecurityContext.Of(spec.SecurityContext);
        var changed = false;
        if (own["allowPrivilegeEscalation"] is null) Set("allowPrivilegeEscalation", JsonValue.Create(false));
        if (own["seccompProfile"] is null && pod?["seccompProfile"] is null)
            Set("seccompProfile", new JsonObject { ["type"] = "RuntimeDefault" });
        if (own["capabilities"] is null) Set("capabilities", Capabilities(spec, container));
        if (wanted == SecurePodDefaults.Enabled && own["runAsNonRoot"] is null && pod?["runAsNonRoot"] is null)
            Set("runAsNonRoot", JsonValue.Create(true));
        return changed ? SecurityContext.Write(own) : container.SecurityContext;

        void Set(string name, JsonNode value)
        {
            own[name] = value;
            changed = true;
        }
    }

    private static JsonObject Capabilities(RevisionSpec spec, Container container)
    {
        var capabilities = new JsonObject { ["drop"] = new JsonArray("ALL") };
        var isServing = spec.Containers.Count == 1 || !container.Ports.IsEmpty;
        var port = container.Ports.IsEmpty || container.Ports[0].ContainerPortNumber == 0
            ? RevisionProtocol.DefaultUserPort
            : container.Ports[0].ContainerPortNumber;
        if (isServing && port < FirstFreePort) capabilities["add"] = new JsonArray("NET_BIND_SERVICE");
        return capabilities;
    }
}
