using System.Text;

namespace Kip.Traffic.Direct;

/// <summary>What a header asks of whoever passes a request on.</summary>
internal enum HeaderMeaning
{
    /// <summary>Nothing: it is for the application.</summary>
    Plain,
    Host,
    ContentLength,
    Connection,

    /// <summary>Something that only the whole way through the HTTP server does.</summary>
    Special,
}

/// <summary>Tells the headers that are simply passed on from those that mean something to the gateway.</summary>
internal static class PlainHeaders
{
    public static HeaderMeaning MeaningOf(ReadOnlySpan<byte> name)
    {
        // Knative's own (K-…, Kn…), Kip's (Ki…) and Keep-Alive: an application's own header that begins so only takes the longer way.
        if ((name[0] | 0x20) == 'k') return HeaderMeaning.Special;
        return name.Length switch
        {
            2 => Special(name, "TE"u8),
            4 => Ascii.EqualsIgnoreCase(name, "Host"u8) ? HeaderMeaning.Host : HeaderMeaning.Plain,
            6 => Special(name, "Expect"u8),
            7 when (name[0] | 0x20) == 't' => Special(name, "Trailer"u8),
            7 => Special(name, "Upgrade"u8),
            9 => Special(name, "Forwarded"u8),
            10 => Ascii.EqualsIgnoreCase(name, "Connection"u8) ? HeaderMeaning.Connection : HeaderMeaning.Plain,
            12 => Special(name, "X-Request-Id"u8),
            14 when (name[0] | 0x20) == 'c' => Ascii.EqualsIgnoreCase(name, "Content-Length"u8) ? HeaderMeaning.ContentLength : HeaderMeaning.Plain,
            14 => Special(name, "HTTP2-Settings"u8),
            15 => Special(name, "X-Forwarded-For"u8),
            16 when (name[0] | 0x20) == 'x' => Special(name, "X-Forwarded-Host"u8),
            16 => Special(name, "Proxy-Connection"u8),
            17 when (name[0] | 0x20) == 'x' => Special(name, "X-Forwarded-Proto"u8),
            17 => Special(name, "Transfer-Encoding"u8),
            18 => Special(name, "Proxy-Authenticate"u8),
            19 => Special(name, "Proxy-Authorization"u8),
            _ => HeaderMeaning.Plain,
        };
    }

    private static HeaderMeaning Special(ReadOnlySpan<byte> name, ReadOnlySpan<byte> special) =>
        Ascii.EqualsIgnoreCase(name, special) ? HeaderMeaning.Special : HeaderMeaning.Plain;
}
