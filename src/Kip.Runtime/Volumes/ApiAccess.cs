using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Volumes;

/// <summary>The folder by which in-cluster clients find the API: token, CA and namespace, mounted unless somebody declined.</summary>
internal static class ApiAccess
{
    public const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    // No volume of a user can have this name: theirs have no dots.
    private const string VolumeName = "kube.api-access";

    // Kubernetes' own odd number: an hour, and a few seconds to tell these tokens apart.
    private const string Projected = """
        {"sources":[{"serviceAccountToken":{"path":"token","expirationSeconds":3607}},{"kipAuthority":{"path":"ca.crt"}},
        {"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"fieldPath":"metadata.namespace"}}]}}]}
        """;

    /// <summary>The volume; null when the pod or its ServiceAccount wants none, or there is no API that pods could reach.</summary>
    public static async Task<Volume?> VolumeOfAsync(PodHost host, Containers.ContainerOptions options, Pod pod, CancellationToken cancel)
    {
        if (options.Identity is null || pod.Spec.AutomountServiceAccountToken == false) return null;
        var name = string.IsNullOrEmpty(pod.Spec.ServiceAccountName) ? "default" : pod.Spec.ServiceAccountName;
        var account = await host.Resources.GetAsync<ServiceAccount>(new(pod.Metadata.Namespace, name), cancel);
        // Every namespace gets its default account; a pod that is faster than that runs without.
        if (account is null && name == "default") return null;
        if (account is null) throw new ContainerSetupException("CreateContainerConfigError", $"serviceaccount \"{name}\" not found");
        return account.AutomountServiceAccountToken == false && pod.Spec.AutomountServiceAccountToken is null ? null
            : new Volume { Name = VolumeName, Projected = new RawJson(Projected) };
    }

    /// <summary>Whether a volume is this one.</summary>
    public static bool Is(Volume volume) => volume.Name == VolumeName;
}
