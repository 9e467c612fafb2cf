using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Kip.Traffic.Http;

/// <summary>A port on which clients speak HTTP without TLS.</summary>
internal sealed class PlainPort : IDisposable
{
    // How long to leave clients in the system's queue when the process has no descriptor left for them.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly TimeProvider _time;

    private PlainPort(Socket socket, TimeProvider time) => (_socket, _time) = (socket, time);

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <exception cref="IOException">The port is in use, and the message names it; or it cannot be had for another reason.</exception>
    public static PlainPort Open(IPEndPoint endPoint, int backlog, TimeProvider time)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        try
        {
            socket.Listen(backlog);
            return new(socket, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next client; null when the port has been closed.</summary>
    public async ValueTask<Socket?> AcceptAsync()
    {
        while (true)
        {
            try
            {
                var accepted = await _socket.AcceptAsync();
                accepted.NoDelay = true;
                return accepted;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException full) when (full.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                await Task.Delay(Pause, _time);
            }
            catch (SocketException)
            {
                // A client that went away before it was taken.
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
