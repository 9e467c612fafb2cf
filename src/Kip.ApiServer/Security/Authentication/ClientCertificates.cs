using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Kip.ApiServer.Security.Users;
using Kip.Resources;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Authentication;

/// <summary>Knows users by certificates of Kip's own CA: the common name is the user's, each organisation a group.</summary>
internal sealed class ClientCertificates(CertificateAuthority authority, UserRecords users, TimeProvider time)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    // One certificate object lives as long as its connection, which carries many requests.
    private readonly ConditionalWeakTable<X509Certificate2, UserInfo?> _known = [];

    /// <summary>Whose certificate it is. Null: it is no client certificate of this CA, names nobody, or is out of its time.</summary>
    public UserInfo? Identify(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime()) return null;
        if (_known.GetValue(certificate, Read) is not { } user) return null;
        // Of these users the record decides, so that one can be removed before the certificate ends.
        return user.Groups.Contains(UserRecord.Group) && !users.Knows(user.Name, certificate.RawDataMemory.Span) ? null : user;
    }

    private UserInfo? Read(X509Certificate2 certificate)
    {
        if (!authority.Vouches(certificate, time.GetUtcNow())) return null;
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(static part => !part.HasMultipleElements)
            .Select(static part => (Type: part.GetSingleElementType().Value, Value: part.GetSingleElementValue() ?? ""))
            .ToArray();
        var name = names.FirstOrDefault(static part => part.Type == CommonName).Value;
        if (string.IsNullOrEmpty(name)) return null;
        var groups = names.Where(static part => part is { Type: Organization, Value.Length: > 0 }).Select(static part => part.Value);
        return new UserInfo(name, [.. groups, UserInfo.Authenticated])
        {
            Extra = new Dictionary<string, ValueList<string>>
            {
                ["authentication.kubernetes.io/credential-id"] =
                    [$"X509SHA256={certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant()}"],
            },
        };
    }
}
