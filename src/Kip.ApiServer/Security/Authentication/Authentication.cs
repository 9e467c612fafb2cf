using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Security.Authentication;

/// <summary>Finds out who sends a request: by a client certificate, else by a bearer token.</summary>
internal sealed class Authentication(ClientCertificates certificates, IReadOnlyList<ITokenAuthenticator> tokens)
{
    private const string Scheme = "Bearer ";

    /// <summary>Who sends the request.</summary>
    /// <exception cref="ApiException">401: nobody who is known.</exception>
    public UserInfo Identify(HttpContext http)
    {
        if (http.Connection.ClientCertificate is { } shown && certificates.Identify(shown) is { } owner) return owner;
        var authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && OfToken(authorization[Scheme.Length..].Trim(), []) is { } known)
            return known.User;
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"kip\"";
        throw ApiException.Of(401, StatusReason.Unauthorized, "Unauthorized");
    }

    /// <summary>Whose token it is. Null: nobody's.</summary>
    /// <param name="audiences">Those whom it is shown to; empty: this API server.</param>
    public TokenIdentity? OfToken(string token, ValueList<string> audiences)
    {
        foreach (var sort in tokens)
            if (sort.Identify(token, audiences) is { } known) return known;
        return null;
    }
}
