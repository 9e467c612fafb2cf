using System.Net;
using System.Net.Sockets;

namespace Kip.Testing.Traffic;

/// <summary>A port that nobody listens on at this moment, for programs that must be told one.</summary>
public static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
