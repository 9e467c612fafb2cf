using System.Security.Cryptography;
using System.Text;
using Kip.ApiServer.Security.Authentication;
using Kip.Resources;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security;

/// <summary>The administrator's bearer token. Only its hash is kept (<c>admin-token.sha256</c>); the token itself is in the kubeconfig.</summary>
public sealed class AdminToken : ITokenAuthenticator
{
    /// <summary>The administrator's user name.</summary>
    public const string UserName = "kubernetes-admin";

    private readonly byte[] _hash;

    private AdminToken(byte[] hash) => _hash = hash;

    /// <summary>
    /// Takes over the token a kubeconfig holds if it is the one whose hash is kept; otherwise makes a new one, which ends the old one's life.
    /// </summary>
    /// <param name="directory">Where the hash is kept.</param>
    /// <param name="known">The token in the kubeconfig; null when there is none.</param>
    /// <param name="token">The token to write into the kubeconfig.</param>
    public static AdminToken Open(string directory, string? known, out string token)
    {
        var path = Path.Combine(directory, "admin-token.sha256");
        if (known is not null && File.Exists(path) && Hash(known) is var hash && File.ReadAllText(path).Trim() == Convert.ToHexStringLower(hash))
        {
            token = known;
            return new(hash);
        }
        token = $"kip-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";
        hash = Hash(token);
        PrivateFile.Write(path, Convert.ToHexStringLower(hash) + "\n");
        return new(hash);
    }

    /// <summary>Whether a request's <c>Authorization</c> header carries the token. Takes as long for a near miss as for any other.</summary>
    public bool Admits(string? authorization) =>
        authorization is not null
        && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && IsToken(authorization["Bearer ".Length..].Trim());

    TokenIdentity? ITokenAuthenticator.Identify(string token, ValueList<string> audiences) =>
        ApiAudience.IsAmong(audiences) && IsToken(token) ? new(UserInfo.OfPlatform(UserName), [ApiAudience.Name]) : null;

    private bool IsToken(string token) => CryptographicOperations.FixedTimeEquals(Hash(token), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
