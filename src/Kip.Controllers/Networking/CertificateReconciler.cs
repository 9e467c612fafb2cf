using Kip.Client.Certificates;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Configs;

namespace Kip.Controllers.Networking;

/// <summary>Issues the certificates that Routes and DomainMappings ask for, by the platform's own authority, and renews them.</summary>
public sealed class CertificateReconciler(ICertificateIssuer issuer) : IReconciler
{
    private IIndexer<Certificate> _certificates = null!;
    private IIndexer<Secret> _secrets = null!;

    public KindDefinition Kind => Certificate.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _certificates = watch.Own<Certificate>();
        _secrets = watch.OwnedBy<Secret>();
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        if (_certificates.Get(key) is not { Metadata.DeletionTimestamp: null } certificate || !IsOurs(certificate)) return Resources.Planning.Plan.Nothing;
        var secret = _secrets.Get(new(key.Namespace, certificate.Spec.SecretName ?? ""));
        return CertificatePlanner.Plan(new CertificateView(certificate, secret, now), names =>
        {
            var issued = issuer.Issue(names, now);
            return new IssuedPair(issued.CertificatePem, issued.KeyPem, issued.NotAfter);
        });
    }

    private static bool IsOurs(Certificate certificate) =>
        certificate.Metadata.Annotations.Get(ServingAnnotations.CertificateClass) is null or NetworkConfig.KipCertificateClass;
}
