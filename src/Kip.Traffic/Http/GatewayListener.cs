using System.Net;

namespace Kip.Traffic.Http;

/// <summary>A socket on which the gateway takes requests.</summary>
/// <param name="EndPoint">Port 0 picks a free one.</param>
public sealed record GatewayListener(IPEndPoint EndPoint)
{
    internal static readonly GatewayListener Loopback = new(new IPEndPoint(IPAddress.Loopback, 0)) { ServesClusterLocal = true };

    /// <summary>
    /// Whether hosts of visibility <c>ClusterLocal</c> and core Services are served here: right where only this machine and its workloads can
    /// connect.
    /// </summary>
    public bool ServesClusterLocal { get; init; }

    /// <summary>Whether clients speak TLS here; the certificate is chosen by the name they ask for.</summary>
    public bool IsTls { get; init; }
}
