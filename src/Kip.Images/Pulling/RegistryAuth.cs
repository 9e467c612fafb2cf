using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Kip.Images.Pulling;

/// <summary>
/// Turns credentials into what a registry wants to see: a password as it is, or a token bought with it; tokens are kept while they are valid.
/// </summary>
internal sealed class RegistryAuth(HttpMessageInvoker http, TimeProvider time)
{
    private const int MaxTokens = 1000;
    private const int MaxAnswerBytes = 1 << 20;
    // The specification's: a token whose life is not stated lives so long.
    private static readonly TimeSpan UsualLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Host, string Repository, RegistryCredential? Who), Token> _tokens = new();

    /// <summary>What worked last for a repository; null when nothing is known.</summary>
    public AuthenticationHeaderValue? Known(Uri host, string repository, RegistryCredential? who) =>
        _tokens.TryGetValue((host.Authority, repository, who), out var token) && token.Until > time.GetUtcNow() ? token.Header : null;

    /// <summary>Answers a challenge.</summary>
    /// <returns>Null when there is no answer: no challenge that we know, or a password is wanted and we have none.</returns>
    /// <exception cref="ImageException">The token service refuses us or cannot be understood.</exception>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        Uri host, string repository, RegistryCredential? who, AuthChallenge? challenge, CancellationToken cancel)
    {
        if (challenge is null) return null;
        if (challenge.Is("Basic")) return who is { User.Length: > 0 } ? Keep(host, repository, who, Basic(who), UsualLife) : null;
        var (token, life) = await BuyAsync(host, repository, who, challenge, cancel);
        return Keep(host, repository, who, new AuthenticationHeaderValue("Bearer", token), life);
    }

    private AuthenticationHeaderValue Keep(Uri host, string repository, RegistryCredential? who, AuthenticationHeaderValue header, TimeSpan life)
    {
        if (_tokens.Count >= MaxTokens) _tokens.Clear();
        _tokens[(host.Authority, repository, who)] = new Token(header, time.GetUtcNow() + life - Margin);
        return header;
    }

    private async Task<(string Token, TimeSpan Life)> BuyAsync(
        Uri host, string repository, RegistryCredential? who, AuthChallenge challenge, CancellationToken cancel)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm) || realm.Scheme is not ("http" or "https"))
            throw new ImageException(ImageFailure.ErrImagePull, $"{host.Authority} asks for a token from \"{challenge.Realm}\", which is no URL");
        // A registry that is reached securely must not have us show a password to somebody on a plain connection.
        if (who is not null && realm.Scheme == "http" && host.Scheme == "https")
            throw new ImageException(
                ImageFailure.ErrImagePull, $"{host.Authority} wants the credentials sent unencrypted to {realm.Authority}, which is refused");
        var scope = challenge.Scope.Length > 0 ? challenge.Scope : $"repository:{repository}:pull";
        using var request = who?.IdentityToken is { } refresh ? Exchange(realm, challenge.Service, scope, refresh) : Ask(realm, challenge.Service, scope, who);
        using var answer = await http.SendAsync(request, cancel);
        if (!answer.IsSuccessStatusCode)
            throw new ImageException(ImageFailure.ErrImagePull, $"{realm.Authority} gives no token for {repository}: {(int)answer.StatusCode} "
                + $"{answer.StatusCode}{(answer.StatusCode == HttpStatusCode.Unauthorized ? "; the credentials are wrong" : "")}");
        return await ReadAsync(realm, answer, cancel);
    }

    private static async Task<(string, TimeSpan)> ReadAsync(Uri realm, HttpResponseMessage answer, CancellationToken cancel)
    {
        try
        {
            var body = await LimitedBody.ReadAsync(answer.Content, MaxAnswerBytes, cancel);
            var parsed = JsonSerializer.Deserialize(body, DockerConfigJson.Default.TokenAnswer);
            var token = parsed?.Token is { Length: > 0 } plain ? plain : parsed?.AccessToken;
            if (string.IsNullOrEmpty(token)) throw new ImageException(ImageFailure.ErrImagePull, $"{realm.Authority} answered without a token");
            return (token, parsed!.ExpiresIn is > 0 and < 1e7 and var seconds ? TimeSpan.FromSeconds(seconds) : UsualLife);
        }
        catch (JsonException)
        {
            throw new ImageException(ImageFailure.ErrImagePull, $"{realm.Authority} answered something that is no token");
        }
    }

    private static HttpRequestMessage Ask(Uri realm, string service, string scope, RegistryCredential? who)
    {
        var separator = realm.Query.Length == 0 ? '?' : '&';
        var address = $"{realm.GetLeftPart(UriPartial.Query)}{separator}service={Uri.EscapeDataString(service)}&scope={Uri.EscapeDataString(scope)}";
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (who is { User.Length: > 0 }) request.Headers.Authorization = Basic(who);
        return request;
    }

    private static HttpRequestMessage Exchange(Uri realm, string service, string scope, string refresh) => new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"), new("service", service), new("client_id", "kip"), new("scope", scope), new("refresh_token", refresh),
        ]),
    };

    private static AuthenticationHeaderValue Basic(RegistryCredential who) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{who.User}:{who.Password}")));

    private sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset Until);
}
