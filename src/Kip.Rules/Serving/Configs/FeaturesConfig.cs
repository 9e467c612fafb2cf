using Kip.Resources;

namespace Kip.Rules.Serving.Configs;

/// <summary>What security settings containers get that state none.</summary>
public enum SecurePodDefaults
{
    Disabled,

    /// <summary>Restricted, but root may still run in the container.</summary>
    AllowRootBounded,

    /// <summary>Restricted, and not root.</summary>
    Enabled,
}

/// <summary>Which optional fields may be used: the ConfigMap <c>config-features</c>, values Enabled, Allowed or Disabled.</summary>
/// <remarks>An unrecognised value keeps the default, as in Knative, and <see cref="Overlooked"/> says so to whoever sets it.</remarks>
public sealed record FeaturesConfig(StringMap Data)
{
    public const string MapName = "config-features";
    public const string MultiContainer = "multi-container";
    public const string MultiContainerProbing = "multi-container-probing";
    public const string EmptyDir = "kubernetes.podspec-volumes-emptydir";
    public const string FieldRef = "kubernetes.podspec-fieldref";
    public const string AddCapabilities = "kubernetes.containerspec-addcapabilities";
    public const string PersistentVolumeWrite = "kubernetes.podspec-persistent-volume-write";
    public const string MountPropagation = "kubernetes.podspec-volumes-mount-propagation";
    public const string PodSecurityContext = "kubernetes.podspec-securitycontext";
    public const string TagHeaderBasedRouting = "tag-header-based-routing";
    private const string SecureDefaults = "secure-pod-defaults";

    public static readonly FeaturesConfig Default = new(default(StringMap));

    /// <summary>Every feature that is acted upon.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        MultiContainer, MultiContainerProbing, EmptyDir, FieldRef, AddCapabilities, PersistentVolumeWrite, MountPropagation,
        PodSecurityContext, TagHeaderBasedRouting, SecureDefaults,
        "kubernetes.podspec-affinity", "kubernetes.podspec-topologyspreadconstraints", "kubernetes.podspec-hostaliases",
        "kubernetes.podspec-nodeselector", "kubernetes.podspec-tolerations", "kubernetes.podspec-runtimeclassname",
        "kubernetes.podspec-dnspolicy", "kubernetes.podspec-dnsconfig", "kubernetes.podspec-shareprocessnamespace",
        "kubernetes.podspec-hostipc", "kubernetes.podspec-hostpid", "kubernetes.podspec-hostnetwork",
        "kubernetes.podspec-priorityclassname", "kubernetes.podspec-schedulername", "kubernetes.podspec-init-containers",
        "kubernetes.podspec-persistent-volume-claim", "kubernetes.podspec-volumes-image", "kubernetes.podspec-volumes-hostpath",
        "kubernetes.podspec-volumes-ephemeral", "kubernetes.podspec-volumes-csi",
    ];

    /// <summary>What <c>secure-pod-defaults</c> says.</summary>
    /// <value>Disabled.</value>
    public SecurePodDefaults SecurePods => Data.Get(SecureDefaults) switch
    {
        { } value when Is(value, "Enabled") => SecurePodDefaults.Enabled,
        { } value when Is(value, "AllowRootBounded") => SecurePodDefaults.AllowRootBounded,
        _ => SecurePodDefaults.Disabled,
    };

    /// <summary>Whether the feature may be used at all: Enabled or Allowed.</summary>
    public bool Permits(string feature) => !Value(feature).Equals("Disabled", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the feature is Enabled.</summary>
    public bool IsEnabled(string feature) => Value(feature).Equals("Enabled", StringComparison.OrdinalIgnoreCase);

    /// <summary>A sentence for each feature whose value is none, so that its default counts.</summary>
    public IEnumerable<string> Overlooked() => Data
        .Where(static stated => stated.Value.Length > 0 && Known.Contains(stated.Key) && !IsWord(stated.Key, stated.Value))
        .Select(static stated => $"{MapName}: \"{stated.Key}\" keeps its default: \"{stated.Value}\" is not Enabled, "
            + $"{(stated.Key == SecureDefaults ? "AllowRootBounded" : "Allowed")} or Disabled");

    private string Value(string feature) =>
        Data.Get(feature) is { } value && IsWord(feature, value) ? value : feature is MultiContainer or EmptyDir ? "Enabled" : "Disabled";

    private static bool IsWord(string feature, string value) =>
        Is(value, "Enabled") || Is(value, "Disabled") || Is(value, feature == SecureDefaults ? "AllowRootBounded" : "Allowed");

    private static bool Is(string value, string name) => value.Equals(name, StringComparison.OrdinalIgnoreCase);
}
