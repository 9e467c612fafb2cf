using System.Collections.Concurrent;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security.Authentication;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Tokens;

/// <summary>Issues tokens for ServiceAccounts, and knows whose a token is for as long as account and bound object are there.</summary>
internal sealed class ServiceAccountTokens(ResourceRegistry registry, TokenKeys keys, TimeProvider time) : ITokenAuthenticator
{
    // Checking a signature costs as much as the rest of a small request. What was read once is kept by its whole text.
    private const int MaxKnown = 1024;

    /// <summary>Tokens are good a little before and after their time by clocks that differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, TokenClaims> _known = new(StringComparer.Ordinal);

    public TokenKeys Keys => keys;

    /// <summary>A new token for an account.</summary>
    /// <param name="lifetime">Null: it ends with the object that it is bound to.</param>
    public (string Token, TokenClaims Claims) Issue(ServiceAccount account, ValueList<string> audiences, TimeSpan? lifetime, BoundObject? bound)
    {
        // Times in tokens are whole seconds.
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var claims = new TokenClaims(account.Key, account.Metadata.Uid ?? "", audiences.IsEmpty ? [ApiAudience.Name] : audiences)
        {
            Bound = bound, IssuedAt = now, Expires = now + lifetime, Id = Guid.NewGuid().ToString(),
        };
        return (WebToken.Write(claims, keys.Current), claims);
    }

    public TokenIdentity? Identify(string token, ValueList<string> audiences)
    {
        // Only a text of three parts can be one, and nothing else is worth keeping keys ready for.
        if (token.AsSpan().Count('.') != 2 || Read(token) is not { } claims || !IsInTime(claims)) return null;
        ValueList<string> meant = [.. (audiences.IsEmpty ? [ApiAudience.Name] : audiences).Where(audience => claims.Audiences.Contains(audience))];
        if (meant.IsEmpty) return null;
        var (space, name) = (claims.Account.Namespace, claims.Account.Name);
        if (registry.Get(ServiceAccount.Definition, claims.Account)?.Metadata.Uid != claims.AccountUid || !IsThere(space, claims.Bound)) return null;
        return new TokenIdentity(UserInfo.OfServiceAccount(space, name, claims.AccountUid) with { Extra = ExtraOf(claims) }, meant);
    }

    private TokenClaims? Read(string token)
    {
        if (_known.TryGetValue(token, out var known)) return known;
        if (WebToken.Read(token, keys.Find) is not { } claims) return null;
        if (_known.Count >= MaxKnown) _known.Clear();
        _known[token] = claims;
        return claims;
    }

    private bool IsInTime(TokenClaims claims)
    {
        var now = time.GetUtcNow();
        return now + Skew >= claims.IssuedAt && (claims.Expires is not { } expires || now < expires + Skew);
    }

    private bool IsThere(string space, BoundObject? bound) => bound switch
    {
        null => true,
        { Kind: "Pod" } => registry.Get(Pod.Definition, new(space, bound.Name))?.Metadata.Uid == bound.Uid,
        _ => registry.Get(Secret.Definition, new(space, bound.Name))?.Metadata.Uid == bound.Uid,
    };

    private static Dictionary<string, ValueList<string>> ExtraOf(TokenClaims claims)
    {
        const string Prefix = "authentication.kubernetes.io/";
        var extra = new Dictionary<string, ValueList<string>> { [Prefix + "credential-id"] = [$"JTI={claims.Id}"] };
        if (claims.Bound is not { Kind: "Pod" } pod) return extra;
        extra[Prefix + "pod-name"] = [pod.Name];
        extra[Prefix + "pod-uid"] = [pod.Uid];
        return extra;
    }
}
