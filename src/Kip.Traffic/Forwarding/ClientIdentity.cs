using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Forwarding;

/// <summary>What a pod is told of the client, ready for the wire in both forms.</summary>
internal sealed record ClientIdentity(string For, string Proto, string Forwarded)
{
    /// <summary>The three as header lines.</summary>
    public byte[] Lines { get; } = Encoding.Latin1.GetBytes($"X-Forwarded-For: {For}\r\nX-Forwarded-Proto: {Proto}\r\nForwarded: {Forwarded}\r\n");

    /// <summary>Whether a header is one of those that are written anew.</summary>
    public static bool Rewrites(string name) => name.Length switch
    {
        9 => name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase),
        15 => name.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase),
        17 => name.Equals("X-Forwarded-Proto", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>Whether earlier proxies have said something; else all requests of a connection say the same.</summary>
    public static bool IsTold(IHeaderDictionary headers) =>
        headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("X-Forwarded-Proto") || headers.ContainsKey("X-Forwarded-Host")
        || headers.ContainsKey("Forwarded");

    /// <summary>What there is to tell of a client before whom no proxy has said anything.</summary>
    /// <param name="remote">Where it connects from; null when that is not known.</param>
    public static ClientIdentity Of(IPAddress? remote, string scheme)
    {
        var address = AddressOf(remote);
        return new(address, scheme, ForwardedHeaders.Forwarded(address, "", scheme));
    }

    public static ClientIdentity Of(HttpRequest request)
    {
        var address = AddressOf(request.HttpContext.Connection.RemoteIpAddress);
        var forwardedFor = ForwardedHeaders.For(request.Headers["X-Forwarded-For"].ToString(), address);
        var proto = request.Headers["X-Forwarded-Proto"].ToString() is { Length: > 0 } told ? told : request.Scheme;
        var forwarded = request.Headers["Forwarded"].ToString() is { Length: > 0 } incoming
            ? incoming
            : ForwardedHeaders.Forwarded(forwardedFor, request.Headers["X-Forwarded-Host"].ToString(), proto);
        return new(forwardedFor, proto, forwarded);
    }

    private static string AddressOf(IPAddress? remote) => (remote is { IsIPv4MappedToIPv6: true } ? remote.MapToIPv4() : remote)?.ToString() ?? "unknown";
}
