using System.Net;
using System.Net.Sockets;

namespace Kip.Conformance;

/// <summary>HTTP clients whose every connection goes to one gateway, whatever host a URL names: no name need be resolvable.</summary>
public sealed class GatewayDoor(Uri gateway) : IDisposable
{
    /// <summary>Follows no redirect, keeps no cookie, and accepts any certificate: cases look at what was presented themselves.</summary>
    public HttpClient Client { get; } = new(Handler(gateway)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The gateway as it was given.</summary>
    public Uri Gateway => gateway;

    public void Dispose() => Client.Dispose();

    /// <summary>A handler for a client of one's own, e.g. of WebSockets.</summary>
    public static SocketsHttpHandler Handler(Uri gateway) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                EndPoint where = IPAddress.TryParse(gateway.Host, out var address)
                    ? new IPEndPoint(address, gateway.Port)
                    : new DnsEndPoint(gateway.Host, gateway.Port);
                await socket.ConnectAsync(where, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
