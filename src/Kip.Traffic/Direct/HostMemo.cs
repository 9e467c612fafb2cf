using Kip.Traffic.Routing;

namespace Kip.Traffic.Direct;

/// <summary>The routes of the host that a connection asked for last: mostly it asks for the same again.</summary>
internal sealed class HostMemo
{
    // A name in DNS has 253 bytes at most, a port six more.
    private const int MaxLength = 260;

    private RouteTable? _table;
    private byte[] _host = [];
    private HostRoutes? _routes;

    /// <summary>The routes of a host in a table; null when it is not served.</summary>
    public HostRoutes? Find(RouteTable table, ReadOnlySpan<byte> host)
    {
        if (ReferenceEquals(table, _table) && host.SequenceEqual(_host)) return _routes;
        if (host.Length > MaxLength) return null;
        Span<char> authority = stackalloc char[MaxLength];
        for (var i = 0; i < host.Length; i++) authority[i] = (char)host[i];
        (_table, _routes) = (table, table.Find(authority[..host.Length]));
        if (!host.SequenceEqual(_host)) _host = host.ToArray();
        return _routes;
    }
}
