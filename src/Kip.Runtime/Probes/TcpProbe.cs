using System.Net;
using System.Net.Sockets;

namespace Kip.Runtime.Probes;

/// <summary>Asks whether a port accepts connections, without an exception for every time it does not.</summary>
internal static class TcpProbe
{
    /// <summary>A connected socket, or why there is none.</summary>
    public static async Task<(Socket? Socket, SocketError Error)> ConnectAsync(EndPoint address, CancellationToken cancel)
    {
        if (LoopbackPort.At(address) is { } port && port.TryConnect(out var answered))
            return (answered, answered is null ? SocketError.ConnectionRefused : SocketError.Success);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var done = new TaskCompletionSource<SocketError>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var connect = new SocketAsyncEventArgs { RemoteEndPoint = address };
        connect.Completed += (_, args) => done.TrySetResult(args.SocketError);
        try
        {
            if (!socket.ConnectAsync(connect)) done.TrySetResult(connect.SocketError);
            using var stop = cancel.Register(static state => Socket.CancelConnectAsync((SocketAsyncEventArgs)state!), connect);
            var error = await done.Task;
            if (error == SocketError.Success) return (socket, error);
            socket.Dispose();
            return (null, error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<ProbeAnswer> AskAsync(EndPoint address, CancellationToken cancel)
    {
        var (socket, error) = await ConnectAsync(address, cancel);
        if (socket is null) return ProbeAnswer.Failure($"dial tcp {address}: {Describe(error)}");
        // A reset in place of a farewell: the program need not notice more than that, and no port stays in TIME_WAIT.
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
        return ProbeAnswer.Ok;
    }

    public static string Describe(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connect: connection refused",
        SocketError.OperationAborted => "i/o timeout",
        _ => error.ToString(),
    };
}
