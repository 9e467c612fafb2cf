using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Rules.RequestLogs;

/// <summary>Where clients of Knative read the request log of a pod: at its sidecar, whose part the gateway plays here.</summary>
public static class RequestLogContainer
{
    public const string Name = "queue-proxy";

    /// <summary>Whether a pod's request log is meant: it runs a Revision, and has no container of its own with that name.</summary>
    public static bool IsMeant(Pod pod, string? container) =>
        container == Name && pod.Metadata.Labels.ContainsKey(ServingLabels.Revision) && pod.Spec.Containers.All(static c => c.Name != Name);
}
