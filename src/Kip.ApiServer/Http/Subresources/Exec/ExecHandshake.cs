using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>A client's wish to change to a WebSocket (RFC 6455 section 4) that carries numbered channels.</summary>
internal sealed record ExecHandshake(string Key, string Protocol)
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static readonly string[] Spoken = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    /// <summary>The wish, with the first of our protocols that the client speaks, too. Null: it is none, or no protocol fits.</summary>
    /// <param name="spoken">Our protocols; by default those of remote commands, the newest first.</param>
    public static ExecHandshake? Read(HttpContext http, params ReadOnlySpan<string> spoken)
    {
        var headers = http.Request.Headers;
        if (!http.Request.Method.Equals("GET", StringComparison.Ordinal) || !headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
            return null;
        var offered = headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries);
        if (spoken.IsEmpty) spoken = Spoken;
        string? protocol = null;
        foreach (var known in spoken)
            if (protocol is null && offered.Contains(known)) protocol = known;
        var key = headers.SecWebSocketKey.ToString();
        return protocol is null || key.Length == 0 || headers.SecWebSocketVersion != "13"
            || http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
            ? null
            : new ExecHandshake(key, protocol);
    }

    public async Task<WebSocket> AcceptAsync(HttpContext http)
    {
        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.SecWebSocketAccept = Accept(Key);
        http.Response.Headers.SecWebSocketProtocol = Protocol;
        var stream = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        // Its protocol is not told to it: .NET refuses names with a slash, which Kubernetes has, and nothing asks for it.
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }

#pragma warning disable CA5350 // The protocol's own use of SHA-1, which protects nothing.
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350
}
