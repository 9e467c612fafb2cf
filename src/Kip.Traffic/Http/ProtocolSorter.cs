using System.Buffers;
using System.Net;
using System.Threading.Channels;
using Kip.Traffic.Direct;
using Microsoft.AspNetCore.Connections;

namespace Kip.Traffic.Http;

/// <summary>
/// Lets several ports take both HTTP/1.1 and HTTP/2 with prior knowledge: looks at a connection's first bytes and hands it to the one server or the
/// other.
/// </summary>
/// <remarks>
/// The HTTP server offers both on one plain-text port only with TLS's negotiation. An HTTP/2 client begins with the preface
/// <c>PRI * HTTP/2.0</c> (RFC 9113 section 3.4), which no HTTP/1.1 request begins with. With TLS the negotiation decides.
/// </remarks>
internal sealed class ProtocolSorter(
    IConnectionListenerFactory transport, ITlsTerminator tls, DirectPath direct, TimeSpan firstBytesTimeout,
    TimeProvider time) : IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext> _http1 = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Channel<ConnectionContext> _http2 = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Lock _lock = new();
    private readonly List<(IConnectionListener Socket, Task Accepting)> _sockets = [];
    private bool _unbound;

    /// <summary>Stands for "HTTP/1.1 connections of all ports".</summary>
    public static readonly EndPoint Http1 = new DnsEndPoint("http.invalid", 1);

    /// <summary>Stands for "HTTP/2 connections of all ports".</summary>
    public static readonly EndPoint Http2 = new DnsEndPoint("h2c.invalid", 1);

    /// <summary>Opens one more port.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="IOException">The port is in use, and the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The gateway has stopped.</exception>
    public async Task<IPEndPoint> OpenAsync(GatewayListener listener, CancellationToken cancel)
    {
        var socket = await BindOrNameAsync(listener.EndPoint, cancel);
        var bound = listener with { EndPoint = (IPEndPoint)socket.EndPoint };
        lock (_lock)
        {
            if (!_unbound)
            {
                _sockets.Add((socket, AcceptAsync(socket, bound)));
                return bound.EndPoint;
            }
        }
        await socket.DisposeAsync();
        throw new ObjectDisposedException(nameof(Gateway));
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(this, ReferenceEquals(endpoint, Http2) ? _http2.Reader : _http1.Reader, endpoint));

    // The transport's own exception does not say which address it is about.
    private async Task<IConnectionListener> BindOrNameAsync(EndPoint endPoint, CancellationToken cancel)
    {
        try
        {
            return await transport.BindAsync(endPoint, cancel);
        }
        catch (AddressInUseException inUse)
        {
            throw new IOException($"{endPoint} is in use by another program", inUse);
        }
    }

    private async Task AcceptAsync(IConnectionListener socket, GatewayListener listener)
    {
        while (await socket.AcceptAsync() is { } connection) _ = SortAsync(connection, listener);
    }

    private async Task SortAsync(ConnectionContext connection, GatewayListener listener)
    {
        try
        {
            connection.Features.Set(listener);
            bool isHttp2;
            using (var patience = new CancellationTokenSource(firstBytesTimeout, time))
            {
                if (listener.IsTls) connection = await tls.TerminateAsync(connection, patience.Token);
                isHttp2 = await IsHttp2Async(connection, patience.Token);
            }
            if (isHttp2 || listener.IsTls)
            {
                if ((isHttp2 ? _http2 : _http1).Writer.TryWrite(connection)) return;
            }
            else if (await GoDirectAsync(connection, listener))
            {
                return;
            }
        }
        catch (Exception e)
        {
            // A client that says nothing in time, agrees on no encryption, or goes without a word, gets nothing; whatever it was ends this connection alone.
            connection.Abort(new ConnectionAbortedException("The connection said nothing that is served here", e));
        }
        await connection.DisposeAsync();
    }

    // True when the HTTP server has it now.
    private async ValueTask<bool> GoDirectAsync(ConnectionContext connection, GatewayListener listener)
    {
        using var run = direct.Open(connection, listener);
        return await run.RunAsync() && _http1.Writer.TryWrite(connection);
    }

    private async Task UnbindAsync(CancellationToken cancel)
    {
        (IConnectionListener Socket, Task Accepting)[] sockets;
        lock (_lock)
        {
            _unbound = true;
            sockets = [.. _sockets];
        }
        foreach (var (socket, _) in sockets) await socket.UnbindAsync(cancel);
        await Task.WhenAll(sockets.Select(static s => s.Accepting));
        await direct.StopAsync(cancel);
        _http1.Writer.TryComplete();
        _http2.Writer.TryComplete();
    }

    private static async ValueTask<bool> IsHttp2Async(ConnectionContext connection, CancellationToken cancel)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(cancel);
            var verdict = Judge(read.Buffer);
            // Nothing is consumed; what has been looked at is given again unless more is needed to tell.
            input.AdvanceTo(read.Buffer.Start, verdict is null && !read.IsCompleted ? read.Buffer.End : read.Buffer.Start);
            if (verdict is { } known) return known;
            if (read.IsCompleted) return false;
        }
    }

    private static bool? Judge(ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[4];
        var length = (int)Math.Min(buffer.Length, first.Length);
        buffer.Slice(0, length).CopyTo(first);
        if (!"PRI "u8.StartsWith(first[..length])) return false;
        return length == first.Length ? true : null;
    }

    private sealed class Listener(ProtocolSorter sorter, ChannelReader<ConnectionContext> connections, EndPoint endPoint) : IConnectionListener
    {
        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await connections.WaitToReadAsync(cancellationToken))
                if (connections.TryRead(out var connection)) return connection;
            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await sorter.UnbindAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            foreach (var (socket, _) in sorter._sockets) await socket.DisposeAsync();
            while (connections.TryRead(out var left)) await left.DisposeAsync();
        }
    }
}
