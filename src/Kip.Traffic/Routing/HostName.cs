namespace Kip.Traffic.Routing;

/// <summary>The host in an authority (<c>host:port</c>).</summary>
public static class HostName
{
    /// <summary>The host alone, without the dot that may end a fully qualified name; an IPv6 address keeps its brackets.</summary>
    public static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> authority)
    {
        var host = authority;
        var colon = authority.LastIndexOf(':');
        if (colon >= 0 && authority.LastIndexOf(']') < colon) host = authority[..colon];
        return host.EndsWith('.') ? host[..^1] : host;
    }
}
