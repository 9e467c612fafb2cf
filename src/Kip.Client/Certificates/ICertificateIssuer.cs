namespace Kip.Client.Certificates;

/// <summary>Kip's own CA as others see it: certificates for servers that this platform runs. Clients trust it after <c>kip ca</c>.</summary>
public interface ICertificateIssuer
{
    /// <summary>The CA's certificate as PEM.</summary>
    string CertificatePem { get; }

    /// <summary>A new key and a certificate for a server of these names; a name may begin with <c>*.</c>.</summary>
    IssuedCertificate Issue(IReadOnlyList<string> dnsNames, DateTimeOffset now);
}

/// <summary>A certificate and its key, as they stand in a Secret of type <c>kubernetes.io/tls</c>.</summary>
/// <param name="CertificatePem">The certificate, followed by the CA's.</param>
/// <param name="KeyPem">The private key (PKCS#8). Not to be logged.</param>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem, DateTimeOffset NotAfter);
