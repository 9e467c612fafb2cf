using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Names;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.DomainMappings;

/// <summary>What the gateway is to serve for a DomainMapping.</summary>
public static class DomainMappingIngress
{
    private const string OriginalHost = "K-Original-Host";

    /// <summary>The name of the Ingress: the domain, shortened when it is too long.</summary>
    public static string NameFor(string domain) => ChildName.Of(domain, "");

    /// <summary>One public host, whose requests go on to a name inside; the application sees the host that was asked for.</summary>
    /// <param name="existing">What is there now; what does not differ is kept, so that an unchanged object compares equal.</param>
    internal static Ingress Make(DomainMapping mapping, DomainTarget target, ValueList<IngressTls> tls, Ingress? existing, NetworkConfig config)
    {
        var labels = mapping.Metadata.Labels
            .With(ServingLabels.DomainMappingUid, mapping.Metadata.Uid ?? "")
            .With(ServingLabels.DomainMappingNamespace, mapping.Metadata.Namespace);
        var annotations = mapping.Metadata.Annotations.Without(ServingAnnotations.LastApplied).Without(ServingAnnotations.IngressClassAlias)
            .With(ServingAnnotations.IngressClass, IngressClasses.Of(mapping.Metadata, config));
        var spec = new IngressSpec
        {
            Rules = [Rule(mapping, target)], Tls = tls, HttpOption = CertificateRules.HttpOption(mapping.Metadata, config),
        };
        if (existing is null) return new Ingress { Metadata = New(mapping, labels, annotations), Spec = spec };
        var isSame = existing.Metadata.Labels == labels && existing.Metadata.Annotations == annotations;
        return existing with
        {
            Metadata = isSame ? existing.Metadata : existing.Metadata with { Labels = labels, Annotations = annotations },
            Spec = existing.Spec == spec ? existing.Spec : spec,
        };
    }

    private static IngressRule Rule(DomainMapping mapping, DomainTarget target) => new()
    {
        Hosts = [mapping.Metadata.Name],
        Visibility = "ExternalIP",
        Http = new HttpIngressRule
        {
            Paths =
            [
                new HttpIngressPath
                {
                    RewriteHost = target.Host,
                    Splits =
                    [
                        new IngressBackendSplit
                        {
                            ServiceNamespace = mapping.Metadata.Namespace,
                            ServiceName = target.ServiceName,
                            ServicePort = 80,
                            Percent = 100,
                            AppendHeaders = StringMap.Of((OriginalHost, mapping.Metadata.Name)),
                        },
                    ],
                },
            ],
        },
    };

    private static ObjectMeta New(DomainMapping mapping, StringMap labels, StringMap annotations) => new()
    {
        Name = NameFor(mapping.Metadata.Name),
        Namespace = mapping.Metadata.Namespace,
        Labels = labels,
        Annotations = annotations,
        OwnerReferences = [mapping.ControllerReference()],
    };
}
