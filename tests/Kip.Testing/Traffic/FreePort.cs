using System.Net;
using System.Net.Sockets;

namespace Kip.Testing.Traffic;

/// <summary>A port that nobody listens on at this moment, for programs that must be told one.</summary>
public static class FreePort
{
    // Below the ports that Linux gives to connections and to listeners that want any, and below those that Kip gives to pods: who is
    // told one of these has it for itself.
    private const int First = 10_000;
    private const int Last = 19_999;

    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last + 1);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one, then.
            }
        }
    }
}
