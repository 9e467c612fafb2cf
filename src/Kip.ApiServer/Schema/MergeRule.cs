using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.ApiServer.Schema;

/// <summary>How a strategic merge patch treats a field.</summary>
/// <param name="MergeList">Lists are merged, not replaced: by <paramref name="Key"/>, or as a set when there is none.</param>
/// <param name="Key">The field that tells a list's objects apart.</param>
/// <param name="RetainKeys">The patch may name the keys to keep (<c>$retainKeys</c>): for unions such as a volume's source.</param>
public sealed record MergeRule(bool MergeList = false, string? Key = null, bool RetainKeys = false)
{
    /// <summary>Objects are merged, lists are replaced.</summary>
    public static readonly MergeRule None = new();

    private static readonly MergeRule Set = new(true);

    // Kubernetes' patchStrategy and patchMergeKey tags of the types that are built in.
    private static readonly Dictionary<(Type Type, string Field), MergeRule> Known = new()
    {
        [(typeof(ObjectMeta), "ownerReferences")] = By("uid"),
        [(typeof(ObjectMeta), "finalizers")] = Set,
        [(typeof(PodSpec), "containers")] = By("name"),
        [(typeof(PodSpec), "initContainers")] = By("name"),
        [(typeof(PodSpec), "ephemeralContainers")] = By("name"),
        [(typeof(PodSpec), "volumes")] = new(true, "name", RetainKeys: true),
        [(typeof(PodSpec), "imagePullSecrets")] = By("name"),
        [(typeof(PodSpec), "hostAliases")] = By("ip"),
        [(typeof(PodSpec), "topologySpreadConstraints")] = By("topologyKey"),
        [(typeof(PodSpec), "schedulingGates")] = By("name"),
        [(typeof(PodSpec), "resourceClaims")] = new(true, "name", RetainKeys: true),
        [(typeof(Container), "ports")] = By("containerPort"),
        [(typeof(Container), "env")] = By("name"),
        [(typeof(Container), "volumeMounts")] = By("mountPath"),
        [(typeof(Container), "volumeDevices")] = By("devicePath"),
        [(typeof(PodStatus), "conditions")] = By("type"),
        [(typeof(PodStatus), "podIPs")] = By("ip"),
        [(typeof(ServiceSpec), "ports")] = By("port"),
        [(typeof(ServiceStatus), "conditions")] = By("type"),
        [(typeof(ServiceAccount), "secrets")] = By("name"),
        [(typeof(NamespaceStatus), "conditions")] = By("type"),
        [(typeof(DeploymentSpec), "strategy")] = new(RetainKeys: true),
        [(typeof(DeploymentStatus), "conditions")] = By("type"),
    };

    /// <summary>The rule of a field of a type; <see cref="None"/> where Kubernetes has none.</summary>
    public static MergeRule Of(Type type, string field) => Known.GetValueOrDefault((type, field), None);

    /// <summary>The <c>x-kubernetes-patch-strategy</c>; null when there is none.</summary>
    public string? Strategy => (MergeList, RetainKeys) switch
    {
        (true, true) => "merge,retainKeys",
        (true, false) => "merge",
        (false, true) => "retainKeys",
        _ => null,
    };

    private static MergeRule By(string key) => new(true, key);
}
