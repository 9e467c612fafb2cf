using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform.Images;

/// <summary>Listens where the registry is reached, and lets it begin with the first connection: most platforms are never asked for an image.</summary>
internal sealed partial class RegistryDoor : IDisposable
{
    // Clients that the system keeps until they are accepted.
    private const int Backlog = 512;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private RegistryDoor(Socket socket, TimeProvider time, ILoggerFactory loggers)
    {
        (_socket, _time, _logger) = (socket, time, loggers.CreateLogger<RegistryDoor>());
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Where it listens, with the port that it really has.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="endPoint">Where; port 0 picks a free one.</param>
    /// <param name="mayMove">Whether a free port is taken when this one is in use: so it is for the usual port, which was nobody's choice.</param>
    /// <param name="time">Times pauses after failures.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <exception cref="IOException">The address is in use and must not be changed.</exception>
    public static RegistryDoor Open(IPEndPoint endPoint, bool mayMove, TimeProvider time, ILoggerFactory loggers)
    {
        try
        {
            return new(Listen(endPoint), time, loggers);
        }
        catch (SocketException inUse) when (inUse.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (mayMove) return new(Listen(new(endPoint.Address, 0)), time, loggers);
            throw new IOException($"{endPoint} is in use by another program", new AddressInUseException(inUse.Message, inUse));
        }
    }

    /// <summary>Waits for the first connection and hands it over with the socket; completes when that was taken, or cancelled.</summary>
    /// <param name="serve">Serves the connection, the second of the two, and from then on those that the socket accepts.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public async Task RunAsync(Func<Socket, Socket, Task> serve, CancellationToken cancel)
    {
        for (var served = false; !served;)
        {
            try
            {
                served = await TryServeAsync(serve, cancel);
                if (!served) await Task.Delay(Pause, _time, cancel);
            }
            catch (OperationCanceledException)
            {
                // The platform stops.
                return;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Listen(IPEndPoint endPoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        socket.Listen(Backlog);
        return socket;
    }

    private async Task<bool> TryServeAsync(Func<Socket, Socket, Task> serve, CancellationToken cancel)
    {
        Socket? first = null;
        try
        {
            first = await _socket.AcceptAsync(cancel);
            // Away from the thread that sees the sockets: what is brought into memory now takes a while.
            await Task.Yield();
            await serve(_socket, first);
            return true;
        }
        catch (Exception failure) when (failure is IOException or SocketException or UnauthorizedAccessException or FormatException)
        {
            first?.Dispose();
            LogFailed(failure);
            return false;
        }
    }

    [LoggerMessage(EventId = 712, Level = LogLevel.Warning, Message = "The image registry could not begin with this connection; the next one tries again")]
    private partial void LogFailed(Exception failure);
}
