using System.Net.Sockets;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>Tells the ways in which a connection can end from mistakes in the code.</summary>
internal static class PodErrors
{
    public static bool IsConnectionError(Exception e) => e is SocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
