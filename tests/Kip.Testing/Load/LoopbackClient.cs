using System.Net;
using System.Net.Sockets;

namespace Kip.Testing.Load;

/// <summary>An HTTP client whose every connection goes to one gateway, whatever host the URL names.</summary>
public static class LoopbackClient
{
    public static HttpClient To(Uri gateway) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Port), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { Timeout = TimeSpan.FromMinutes(2) };
}
