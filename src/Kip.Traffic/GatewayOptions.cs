using System.Net;

namespace Kip.Traffic;

/// <summary>Where the gateway listens, and its limits.</summary>
public sealed record GatewayOptions
{
    /// <value>Loopback, any free port.</value>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Where it takes TLS; port 0 picks a free one.</summary>
    /// <value>Null: nowhere.</value>
    public IPEndPoint? Https { get; init; }

    /// <summary>
    /// Whether hosts of visibility <c>ClusterLocal</c> are served too: right as long as only this machine can connect. Over TLS only on loopback.
    /// </summary>
    public bool ServesClusterLocal { get; init; } = true;

    /// <summary>Whether programs of this machine may use the gateway as their HTTP proxy for hosts outside, too.</summary>
    /// <remarks>Only for clients on loopback, which could connect there themselves; so that one <c>http_proxy</c> serves for inside and outside.</remarks>
    public bool ForwardsOutside { get; init; } = true;

    /// <summary>Requests of one revision that may wait for a pod; one more is answered 503 <c>pending request queue full</c>.</summary>
    public int QueueDepth { get; init; } = 10_000;

    /// <summary>Requests in the gateway at one time, whatever they do; one more is answered 503.</summary>
    public int MaxRequestsInFlight { get; init; } = 50_000;

    /// <summary>Bytes of one request's body; a larger one is answered 413.</summary>
    /// <value>Null: no limit, as bodies are streamed and never kept.</value>
    public long? MaxRequestBodySize { get; init; }

    /// <summary>Bytes of the request line; a longer one is answered 414.</summary>
    public int MaxRequestLineSize { get; init; } = 16 * 1024;

    /// <summary>Bytes of all request headers together; more are answered 431.</summary>
    public int MaxRequestHeadersTotalSize { get; init; } = 64 * 1024;

    public int MaxRequestHeaderCount { get; init; } = 200;

    /// <summary>How long a client may take to send a request's headers.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client's connection may stand unused.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How long one attempt to connect to a pod may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an unused connection to a pod is kept: shorter than the 5 s after which common servers close theirs.</summary>
    public TimeSpan PodIdleTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long requests under way may go on after <see cref="Gateway.DisposeAsync"/> was called.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
