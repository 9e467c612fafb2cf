using System.Net;
using System.Text;
using Kip.Brokers.Http;
using Kip.Brokers.Topics;

namespace Kip.Brokers.Sending;

/// <summary>A URL that events are sent to, taken apart once.</summary>
internal sealed class DeliveryTarget
{
    /// <param name="url">A URL of another scheme than http and https, or of none, counts as <c>http://url/</c>, as in Knative.</param>
    /// <exception cref="UriFormatException">It is no URL at all.</exception>
    public DeliveryTarget(string url, string? caCerts = null)
    {
        Url = url;
        Uri = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri! : new Uri($"http://{url}/");
        CaCerts = caCerts;
        IsSecure = Uri.Scheme == "https";
        Host = Uri.IdnHost;
        Head = Encoding.Latin1.GetBytes($"POST {Uri.PathAndQuery} HTTP/1.1\r\nHost: {Uri.Authority}\r\n");
        Topic = IsSecure ? null : TopicRoute.Of(Host, Uri.AbsolutePath);
        IsLiteral = IPAddress.TryParse(Uri.Host.Trim('[', ']'), out var address);
        EndPoint = IsLiteral ? new IPEndPoint(address!, Uri.Port) : new DnsEndPoint(Host, Uri.Port);
    }

    /// <summary>As it was given; error extensions show it.</summary>
    public string Url { get; }

    public Uri Uri { get; }

    public bool IsSecure { get; }

    /// <summary>The host alone, without brackets or port.</summary>
    public string Host { get; }

    /// <summary>For https: the authorities that are trusted beside the system's, as PEM.</summary>
    public string? CaCerts { get; }

    /// <summary>Request line and Host header.</summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>The Broker or channel that it means, if it is one of the platform's own addresses for these; else null.</summary>
    public TopicKey? Topic { get; }

    /// <summary>Whether the host is an address, so that nothing is to be looked up.</summary>
    public bool IsLiteral { get; }

    /// <summary>Where the host is, by its address or to be looked up by its name.</summary>
    public EndPoint EndPoint { get; }

    public override string ToString() => Url;
}
