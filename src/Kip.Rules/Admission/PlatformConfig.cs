using Kip.Resources;

namespace Kip.Rules.Admission;

/// <summary>
/// The data of Knative's ConfigMaps in the system namespaces, by name (<c>config-autoscaler</c>, <c>config-defaults</c>…).
/// </summary>
/// <remarks>
/// A missing ConfigMap or key means the documented default. Typed views of single maps are made by the rules that need them.
/// </remarks>
public sealed record PlatformConfig(IReadOnlyDictionary<string, StringMap> Maps)
{
    /// <summary>The namespace that holds the platform's own objects.</summary>
    public const string SystemNamespace = "knative-serving";

    public static readonly PlatformConfig Default = new(new Dictionary<string, StringMap>());

    /// <summary>The data of one ConfigMap; empty when there is none.</summary>
    public StringMap this[string name] => Maps.TryGetValue(name, out var data) ? data : default;

    /// <summary>The ConfigMaps of Eventing, which has a namespace of its own.</summary>
    public IReadOnlyDictionary<string, StringMap> EventingMaps { get; init; } = new Dictionary<string, StringMap>();
}
