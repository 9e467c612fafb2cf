using Kip.Resources;

namespace Kip.Rules.Serving.Configs;

/// <summary>Which optional fields may be used: the ConfigMap <c>config-features</c>, values Enabled, Allowed or Disabled.</summary>
/// <remarks>An unrecognised value keeps the default, as in Knative; so there is nothing to validate.</remarks>
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

    public static readonly FeaturesConfig Default = new(default(StringMap));

    /// <summary>Whether the feature may be used at all: Enabled or Allowed.</summary>
    public bool Permits(string feature) => !Value(feature).Equals("Disabled", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the feature is Enabled.</summary>
    public bool IsEnabled(string feature) => Value(feature).Equals("Enabled", StringComparison.OrdinalIgnoreCase);

    private string Value(string feature) =>
        Data.Get(feature) is { } value && (Is(value, "Enabled") || Is(value, "Allowed") || Is(value, "Disabled"))
            ? value
            : feature is MultiContainer or EmptyDir ? "Enabled" : "Disabled";

    private static bool Is(string value, string name) => value.Equals(name, StringComparison.OrdinalIgnoreCase);
}
