using System.Collections.Frozen;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Networking;

/// <summary>Which Ingresses are Kip's to serve, by their class.</summary>
/// <remarks>
/// On a cluster each class has a gateway of its own; here there is one. It serves the classes of Knative's own gateways as well as Kip's, since whoever
/// comes from a cluster brings a <c>config-network</c> that names one of them. An Ingress of another class, or of none, is left alone.
/// </remarks>
public static class IngressClasses
{
    private static readonly FrozenSet<string> Served = FrozenSet.Create(StringComparer.Ordinal,
        NetworkConfig.KipIngressClass,
        "contour.ingress.networking.knative.dev",
        "gateway-api.ingress.networking.knative.dev",
        "istio.ingress.networking.knative.dev",
        "kourier.ingress.networking.knative.dev");

    /// <summary>Whether the gateway serves this class; false for none.</summary>
    public static bool IsServed(string? ingressClass) => ingressClass is not null && Served.Contains(ingressClass);

    /// <summary>Whether the gateway serves this Ingress and writes its status.</summary>
    public static bool IsServed(Ingress ingress) => IsServed(ingress.Metadata.Annotations.Get(ServingAnnotations.IngressClass));

    /// <summary>The class of what is made for a Route or DomainMapping: its own annotation in either spelling, else the platform's.</summary>
    public static string Of(ObjectMeta owner, NetworkConfig config) =>
        owner.Annotations.Get(ServingAnnotations.IngressClass) is { Length: > 0 } stated ? stated
        : owner.Annotations.Get(ServingAnnotations.IngressClassAlias) is { Length: > 0 } alias ? alias
        : config.IngressClass;

    /// <summary>
    /// Whether an Ingress goes from Kip's gateway to another. It must then be made anew: what the gateway said of it would count on, and nobody would serve it.
    /// </summary>
    public static bool IsGivenAway(Ingress existing, Ingress wanted) => IsServed(existing) && !IsServed(wanted);
}
