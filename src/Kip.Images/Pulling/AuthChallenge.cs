using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Kip.Images.Pulling;

/// <summary>How a registry wants to know who asks: the <c>WWW-Authenticate</c> of a 401.</summary>
/// <param name="Realm">For bearer tokens, where they are had.</param>
internal sealed partial record AuthChallenge(string Scheme, string Realm, string Service, string Scope)
{
    /// <summary>The challenge to answer: a bearer token's before a password's. Null when neither is asked for.</summary>
    public static AuthChallenge? From(HttpResponseHeaders headers)
    {
        var all = headers.WwwAuthenticate.Select(static h => Read(h.Scheme, h.Parameter ?? "")).ToArray();
        return all.FirstOrDefault(static c => c.Is("Bearer")) ?? all.FirstOrDefault(static c => c.Is("Basic"));
    }

    public bool Is(string scheme) => string.Equals(Scheme, scheme, StringComparison.OrdinalIgnoreCase);

    private static AuthChallenge Read(string scheme, string parameters)
    {
        var values = Parameter().Matches(parameters).ToLookup(
            static m => m.Groups["key"].Value.ToLowerInvariant(),
            static m => m.Groups["quoted"] is { Success: true } q ? q.Value : m.Groups["plain"].Value);
        return new(scheme, values["realm"].FirstOrDefault() ?? "", values["service"].FirstOrDefault() ?? "", values["scope"].FirstOrDefault() ?? "");
    }

    [GeneratedRegex("""(?<key>[A-Za-z]+)\s*=\s*(?:"(?<quoted>[^"]*)"|(?<plain>[^,\s]*))""", RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
