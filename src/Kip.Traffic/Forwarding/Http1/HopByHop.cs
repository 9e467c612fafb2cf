namespace Kip.Traffic.Forwarding.Http1;

/// <summary>The headers that concern one connection and are not passed on (RFC 9110 section 7.6.1).</summary>
internal static class HopByHop
{
    public static HeaderKind KindOf(string name) => name.Length switch
    {
        2 when Is(name, "TE") => HeaderKind.HopByHop,
        4 when Is(name, "Host") => HeaderKind.Host,
        7 when Is(name, "Upgrade") => HeaderKind.Upgrade,
        10 when Is(name, "Connection") => HeaderKind.Connection,
        10 when Is(name, "Keep-Alive") => HeaderKind.HopByHop,
        14 when Is(name, "Content-Length") => HeaderKind.ContentLength,
        14 when Is(name, "HTTP2-Settings") => HeaderKind.HopByHop,
        16 when Is(name, "Proxy-Connection") => HeaderKind.HopByHop,
        17 when Is(name, "Transfer-Encoding") => HeaderKind.TransferEncoding,
        18 when Is(name, "Proxy-Authenticate") => HeaderKind.HopByHop,
        19 when Is(name, "Proxy-Authorization") => HeaderKind.HopByHop,
        _ => HeaderKind.Plain,
    };

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
