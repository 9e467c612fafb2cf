using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Routes;

/// <summary>The certificates of a Route's names: which are asked for, which are there, and what that means for the URLs.</summary>
internal sealed class RouteCertificates(RouteView seen)
{
    private readonly List<(CertificateState State, Certificate Wanted, Certificate? Existing)> _asked = [];
    private readonly List<Edit> _edits = [];
    private readonly List<IngressTls> _tls = [];

    /// <summary>Certificates to ask for, and those that nobody needs any more.</summary>
    public IEnumerable<Edit> Edits => _edits;

    /// <summary>For the Ingress: what it can serve by HTTPS.</summary>
    public ValueList<IngressTls> Tls => [.. _tls];

    /// <summary>The groups with the URLs that hold now.</summary>
    public List<(TrafficGroup Group, RouteHosts Hosts)> Secure(List<(TrafficGroup Group, RouteHosts Hosts)> groups)
    {
        var secured = groups.ConvertAll(g => (g.Group, Secure(g.Group.Tag, g.Hosts)));
        foreach (var one in seen.Certificates)
            if (one.IsControlledBy(seen.Route) && !_asked.Exists(a => a.Wanted.Metadata.Name == one.Metadata.Name)) _edits.Add(new Edit.Delete(one));
        return secured;
    }

    /// <summary>Says how far the certificates are: of several the one that is least far.</summary>
    public LivingConditions Mark(LivingConditions conditions, bool isPublic)
    {
        if (_asked.Count == 0)
            return conditions.MarkTrue(RoutePlanner.CertificateProvisioned, CertificateRules.NotEnabled,
                isPublic ? "external-domain-tls is not enabled" : "TLS is not enabled for cluster-local");
        var (state, wanted, existing) = _asked.OrderBy(static a => a.State).First();
        return CertificateRules.Mark(conditions, RoutePlanner.CertificateProvisioned, state, wanted.Metadata.Name, existing,
            seen.Config.Network);
    }

    private RouteHosts Secure(string tag, RouteHosts hosts)
    {
        var network = seen.Config.Network;
        if (hosts.Public is { } host && CertificateRules.WantsExternal(seen.Route.Metadata, network))
        {
            var domain = seen.Config.Domain.For(seen.Route.Metadata.Labels);
            if (!host.EndsWith("." + domain, StringComparison.Ordinal)) domain = host;
            var isSecure = Ensure(CertificateRules.NameFor(seen.Route, tag), [host], domain, CertificateRules.ExternalType);
            // Until then plain HTTP goes on, unless plain HTTP is not to be.
            hosts = hosts.WithScheme(isSecure || network.HttpProtocol != NetworkConfig.HttpEnabled ? "https" : "http", network);
        }
        if (network.ClusterLocalDomainTls
            && Ensure(CertificateRules.NameFor(seen.Route, tag) + "-local", hosts.Local, DomainConfig.ClusterLocalDomain,
                CertificateRules.LocalType))
            hosts = hosts.WithLocalHttps();
        return hosts;
    }

    private bool Ensure(string name, ValueList<string> dnsNames, string domain, string type)
    {
        var wanted = Make(name, dnsNames, domain, type);
        var existing = seen.Certificates.FirstOrDefault(c => c.Metadata.Name == name);
        var state = CertificateRules.Ensure(wanted, existing, seen.Route, _edits);
        _asked.Add((state, wanted, existing));
        if (state != CertificateState.Ready) return false;
        _tls.Add(CertificateRules.TlsOf(wanted));
        return true;
    }

    private Certificate Make(string name, ValueList<string> dnsNames, string domain, string type) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = seen.Route.Metadata.Namespace,
            Labels = StringMap.Of((ServingLabels.Route, seen.Route.Metadata.Name), (ServingLabels.CertificateType, type)),
            Annotations = StringMap.Of(
                (ServingAnnotations.CertificateClass, CertificateRules.ClassOf(seen.Route.Metadata, seen.Config.Network))),
            OwnerReferences = [seen.Route.ControllerReference()],
        },
        Spec = new CertificateSpec { DnsNames = dnsNames, Domain = domain, SecretName = name },
    };
}
