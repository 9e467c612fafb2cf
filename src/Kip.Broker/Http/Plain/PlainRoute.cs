using System.Buffers;
using System.Text;
using Kip.Brokers.Topics;
using Microsoft.AspNetCore.Http;

namespace Kip.Brokers.Http.Plain;

/// <summary>Where requests with this first line and this host go; the last answer is remembered, since a connection's requests mostly have the same.</summary>
internal sealed class PlainRoute
{
    private const int MaxPathBytes = 256;

    private static readonly SearchValues<byte> PathBytes = SearchValues.Create("-./0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> HostBytes = SearchValues.Create("-.:[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private byte[] _line = [];
    private byte[] _host = [];

    public TopicKey Topic { get; private set; }

    public bool TryFind(ReadOnlySpan<byte> line, ReadOnlySpan<byte> host)
    {
        if (line.SequenceEqual(_line) && host.SequenceEqual(_host)) return true;
        if (!line.StartsWith("POST "u8) || !line.EndsWith(" HTTP/1.1\r\n"u8)) return false;
        var path = line["POST ".Length..^" HTTP/1.1\r\n".Length];
        if (path.Length > MaxPathBytes || path.ContainsAnyExcept(PathBytes) || path.IndexOf("/."u8) >= 0) return false;
        if (host.ContainsAnyExcept(HostBytes)) return false;
        var name = new HostString(Encoding.Latin1.GetString(host)).Host;
        if (TopicRoute.Read(name, Encoding.Latin1.GetString(path)) is not { IsFilter: false, Topic: { } topic }) return false;
        (_line, _host, Topic) = (line.ToArray(), host.ToArray(), topic);
        return true;
    }
}
