using System.Text;

namespace Kip.Traffic.Forwarding;

/// <summary>What a proxy tells of the client: <c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c> and <c>Forwarded</c> (RFC 7239).</summary>
public static class ForwardedHeaders
{
    /// <summary>The client's address after those that earlier proxies named.</summary>
    public static string For(string incoming, string client) => incoming.Length == 0 ? client : $"{incoming}, {client}";

    /// <summary>The <c>Forwarded</c> value that says the same as the X-Forwarded headers: the host and scheme belong to the first client.</summary>
    public static string Forwarded(string forwardedFor, string host, string proto)
    {
        var text = new StringBuilder();
        foreach (var node in forwardedFor.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var first = text.Length == 0;
            if (!first) text.Append(", ");
            text.Append("for=").Append(Node(node));
            if (first && host.Length > 0) text.Append(";host=").Append(host);
            if (first && proto.Length > 0) text.Append(";proto=").Append(proto);
        }
        if (text.Length > 0) return text.ToString();
        return string.Join(';', new[] { host.Length > 0 ? $"host={host}" : "", proto.Length > 0 ? $"proto={proto}" : "" }.Where(static p => p.Length > 0));
    }

    // An IPv6 address goes in brackets and quotes.
    private static string Node(string node) => node.Contains(':') ? $"\"[{node.Trim('[', ']')}]\"" : node;
}
