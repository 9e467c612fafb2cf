using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kip.Client.Certificates;

namespace Kip.ApiServer.Security;

/// <summary>The CA that vouches for this installation's servers. Made at the first start and kept: <c>ca.crt</c>, <c>ca.key</c>.</summary>
public sealed class CertificateAuthority : ICertificateIssuer, IDisposable
{
    private const int YearsValid = 20;

    // Longer is refused by some clients.
    private const int ServerDaysValid = 800;

    // X.520's upper bound.
    private const int MaxCommonName = 64;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private const string AlternativeNames = "2.5.29.17";
    private const string CommonNameId = "2.5.4.3";
    private const string OrganizationId = "2.5.4.10";

    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _key;

    // Whatever kind of key a client has, it is this one that signs.
    private readonly X509SignatureGenerator _generator;

    private CertificateAuthority(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("the key is not an ECDSA key");
        _generator = X509SignatureGenerator.CreateForECDsa(_key);
    }

    /// <summary>The CA's certificate as PEM: what clients are given to trust.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Reads the CA from a folder, or makes one there.</summary>
    /// <exception cref="InvalidDataException">The files are there but are no CA.</exception>
    public static CertificateAuthority Open(string directory, TimeProvider time)
    {
        var certificatePath = Path.Combine(directory, "ca.crt");
        var keyPath = Path.Combine(directory, "ca.key");
        if (!File.Exists(certificatePath) || !File.Exists(keyPath)) Make(certificatePath, keyPath, time.GetUtcNow());
        try
        {
            return new(X509Certificate2.CreateFromPem(File.ReadAllText(certificatePath), File.ReadAllText(keyPath)));
        }
        catch (CryptographicException failure)
        {
            throw new InvalidDataException(
                $"{certificatePath} and {keyPath} are not a certificate and its key ({failure.Message}). "
                + "Put them back, or delete both: a new CA is made at the next start.", failure);
        }
    }

    /// <summary>A new certificate and key for a server that is reached by these names and addresses.</summary>
    public X509Certificate2 IssueServerCertificate(IEnumerable<string> names, IEnumerable<IPAddress> addresses, DateTimeOffset now) =>
        Issue("CN=kip-api-server,O=Kip", names, addresses, now);

    /// <inheritdoc/>
    public IssuedCertificate Issue(IReadOnlyList<string> dnsNames, DateTimeOffset now)
    {
        // The subject is for people; clients look at the alternative names, and only those may be long.
        using var certificate = Issue(dnsNames[0].Length <= MaxCommonName ? $"CN={dnsNames[0]},O=Kip" : "O=Kip", dnsNames, [], now);
        using var key = certificate.GetECDsaPrivateKey()!;
        return new($"{certificate.ExportCertificatePem()}\n{CertificatePem}\n", key.ExportPkcs8PrivateKeyPem(), certificate.NotAfter);
    }

    /// <summary>Whether a certificate is a client's, signed by this CA and in its time.</summary>
    public bool Vouches(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        // A certificate that does not say what it is for is none for a client.
        return certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any() && chain.Build(certificate);
    }

    /// <summary>Signs a client's request: the subject is taken over, its extensions are not.</summary>
    /// <param name="pem">A PKCS #10 request.</param>
    /// <exception cref="CryptographicException">The request is malformed, not signed by its own key, names nobody, or asks for more than it may.</exception>
    public string SignClient(string pem, TimeSpan lifetime, DateTimeOffset now)
    {
        var asked = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        if (asked.CertificateExtensions.Any(static extension => extension.Oid?.Value == AlternativeNames))
            throw new CryptographicException("a client's certificate has no alternative names");
        var subject = asked.SubjectName.EnumerateRelativeDistinguishedNames().Where(static part => !part.HasMultipleElements)
            .Select(static part => (Type: part.GetSingleElementType().Value, Value: part.GetSingleElementValue())).ToArray();
        if (!subject.Any(static part => part.Type == CommonNameId && !string.IsNullOrEmpty(part.Value)))
            throw new CryptographicException("the subject has no common name, which would be the user's");
        if (subject.Any(static part => part is { Type: OrganizationId, Value: Kip.Rules.Access.UserInfo.Masters }))
            throw new CryptographicException($"the organization {Kip.Rules.Access.UserInfo.Masters} is not given away by certificates");
        var request = new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA256);
        AddExtensions(request, ClientAuthentication);
        var end = now + lifetime < _certificate.NotAfter ? now + lifetime : new DateTimeOffset(_certificate.NotAfter);
        using var issued = request.Create(_certificate.SubjectName, _generator, now.AddMinutes(-5), end, NewSerial());
        return issued.ExportCertificatePem() + "\n";
    }

    private void AddExtensions(CertificateRequest request, string purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
    }

    private X509Certificate2 Issue(string subject, IEnumerable<string> names, IEnumerable<IPAddress> addresses, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names) alternatives.AddDnsName(name);
        foreach (var address in addresses) alternatives.AddIpAddress(address);
        request.CertificateExtensions.Add(alternatives.Build());
        AddExtensions(request, ServerAuthentication);
        var end = now.AddDays(ServerDaysValid) < _certificate.NotAfter ? now.AddDays(ServerDaysValid) : new DateTimeOffset(_certificate.NotAfter);
        using var issued = request.Create(_certificate, now.AddMinutes(-5), end, NewSerial());
        return issued.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }

    private static void Make(string certificatePath, string keyPath, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kip-ca,O=Kip", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(YearsValid));
        PrivateFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem());
        PrivateFile.Write(certificatePath, certificate.ExportCertificatePem());
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        return serial;
    }
}
