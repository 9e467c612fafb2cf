using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.ApiServer.Http.Spdy;

/// <summary>A client's wish to change to SPDY/3.1, as kubectl before 1.29 speaks it (httpstream's upgrade).</summary>
/// <param name="Protocol">What is to be spoken over it, e.g. <c>v4.channel.k8s.io</c>.</param>
internal sealed record SpdyUpgrade(string Protocol)
{
    private const string Token = "SPDY/3.1";
    private const string ProtocolHeader = "X-Stream-Protocol-Version";

    /// <summary>The wish, with the first of our protocols that the client speaks, too. Null: it is none, or no protocol fits.</summary>
    public static SpdyUpgrade? Read(HttpContext http, params ReadOnlySpan<string> spoken)
    {
        if (!http.Request.Headers.Upgrade.ToString().Equals(Token, StringComparison.OrdinalIgnoreCase)) return null;
        if (http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }) return null;
        var offered = http.Request.Headers[ProtocolHeader].SelectMany(static h => (h ?? "").Split(',', StringSplitOptions.TrimEntries)).ToArray();
        foreach (var protocol in spoken)
            if (offered.Contains(protocol)) return new SpdyUpgrade(protocol);
        return null;
    }

    /// <summary>Answers 101, and hands out the connection.</summary>
    public Task<Stream> AcceptAsync(HttpContext http)
    {
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.Upgrade = Token;
        http.Response.Headers[ProtocolHeader] = Protocol;
        return http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
