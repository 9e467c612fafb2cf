using Kip.Resources.Networking;

namespace Kip.Rules.Admission.Serving;

/// <summary>Rules of Knative's internal Certificates and of the claims to domains.</summary>
internal static class CertificateAdmission
{
    public static void Validate(Certificate certificate, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        var names = certificate.Spec.DnsNames;
        if (names.IsEmpty) errors.Missing("dnsNames");
        for (var i = 0; i < names.Count; i++)
            if (names[i].Length == 0) errors.Invalid(names[i], $"dnsNames[{i}]");
        if (certificate.Spec.Domain is { Length: > 0 } domain && !names.Any(n => n == domain || n.EndsWith("." + domain, StringComparison.Ordinal)))
            errors.Invalid(domain, "domain", "must be one of dnsNames, or what one of them ends in");
        if (string.IsNullOrEmpty(certificate.Spec.SecretName)) errors.Missing("secretName");
    }

    public static void Validate(ClusterDomainClaim claim, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(claim.Spec.Namespace)) errors.Missing("spec.namespace");
    }
}
