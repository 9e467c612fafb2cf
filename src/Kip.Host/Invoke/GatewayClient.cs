using System.Net;
using System.Net.Sockets;

namespace Kip.Host.Invoke;

/// <summary>Sends requests to services by their public URL.</summary>
/// <remarks>Names under <c>.localhost</c> are loopback (RFC 6761 section 6.3), whatever the system's resolver says of them.</remarks>
public static class GatewayClient
{
    public static HttpClient Make(int connections = 256) => new(new SocketsHttpHandler
    {
        ConnectCallback = ConnectAsync,
        MaxConnectionsPerServer = connections,
        AllowAutoRedirect = false,
        UseProxy = false,
    })
    {
        // The service's own timeout decides; the gateway answers 504 when it is over.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var host = context.DnsEndPoint.Host;
            if (host == "localhost" || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancel);
            else
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
