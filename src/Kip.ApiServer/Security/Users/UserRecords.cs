using System.Security.Cryptography;
using System.Text;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security.Authentication;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Users;

/// <summary>Knows the users that <c>kip user add</c> made, for as long as their records are there.</summary>
internal sealed class UserRecords(ResourceRegistry registry, TimeProvider time) : ITokenAuthenticator
{
    public TokenIdentity? Identify(string token, ValueList<string> audiences) =>
        ApiAudience.IsAmong(audiences) && UserRecord.NameIn(token) is { } name && Find(name, UserRecord.Token) is { } record
            && IsHash(record, SHA256.HashData(Encoding.UTF8.GetBytes(token)))
            ? new TokenIdentity(record.ToUser(), [ApiAudience.Name])
            : null;

    /// <summary>Whether a certificate is the one that was made for a user.</summary>
    public bool Knows(string name, ReadOnlySpan<byte> certificate) =>
        Find(name, UserRecord.Certificate) is { } record && IsHash(record, SHA256.HashData(certificate));

    private UserRecord? Find(string name, string sort) =>
        registry.Get(Secret.Definition, new(UserRecord.Namespace, UserRecord.ObjectName(name))) is Secret { Metadata.DeletionTimestamp: null } secret
            && UserRecord.Of(secret) is { } record && record.Sort == sort && record.IsInTime(time.GetUtcNow())
            ? record
            : null;

    private static bool IsHash(UserRecord record, byte[] hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(record.Sha256), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)));
}
