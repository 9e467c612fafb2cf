using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Kip.Traffic.Direct;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

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
    IConnectionListenerFactory transport, SocketConnectionContextFactory begun, ITlsTerminator tls, DirectPath direct, int backlog,
    TimeSpan firstBytesTimeout, TimeProvider time) : IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext> _http1 = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Channel<ConnectionContext> _http2 = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Lock _lock = new();
    private readonly List<(PlainPort Port, Task Accepting)> _plain = [];
    private readonly List<(IConnectionListener Port, Task Accepting)> _encrypted = [];
    private bool _unbound;

    /// <summary>Stands for "HTTP/1.1 connections of all ports".</summary>
    public static readonly EndPoint Http1 = new DnsEndPoint("http.invalid", 1);

    /// <summary>Stands for "HTTP/2 connections of all ports".</summary>
    public static readonly EndPoint Http2 = new DnsEndPoint("h2c.invalid", 1);

    /// <summary>Opens one more port.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="IOException">The port is in use, and the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The gateway has stopped.</exception>
    public Task<IPEndPoint> OpenAsync(GatewayListener listener, CancellationToken cancel) =>
        listener.IsTls ? OpenEncryptedAsync(listener, cancel) : Task.FromResult(OpenPlain(listener));

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(this, ReferenceEquals(endpoint, Http2) ? _http2.Reader : _http1.Reader, endpoint));

    private IPEndPoint OpenPlain(GatewayListener listener)
    {
        PlainPort port;
        try
        {
            port = PlainPort.Open(listener.EndPoint, backlog, time);
        }
        catch (SocketException e)
        {
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse ? InUse(listener.EndPoint, new(e.Message, e)) : new IOException($"{listener.EndPoint}: {e.Message}", e);
        }
        var bound = listener with { EndPoint = port.EndPoint };
        lock (_lock)
        {
            if (!_unbound)
            {
                _plain.Add((port, AcceptAsync(port, bound)));
                return bound.EndPoint;
            }
        }
        port.Dispose();
        throw new ObjectDisposedException(nameof(Gateway));
    }

    private async Task<IPEndPoint> OpenEncryptedAsync(GatewayListener listener, CancellationToken cancel)
    {
        IConnectionListener port;
        try
        {
            port = await transport.BindAsync(listener.EndPoint, cancel);
        }
        catch (AddressInUseException e)
        {
            throw InUse(listener.EndPoint, e);
        }
        var bound = listener with { EndPoint = (IPEndPoint)port.EndPoint };
        lock (_lock)
        {
            if (!_unbound)
            {
                _encrypted.Add((port, AcceptAsync(port, bound)));
                return bound.EndPoint;
            }
        }
        await port.DisposeAsync();
        throw new ObjectDisposedException(nameof(Gateway));
    }

    // The system's own error does not say which address it is about.
    private static IOException InUse(EndPoint endPoint, AddressInUseException e) => new($"{endPoint} is in use by another program", e);

    private async Task AcceptAsync(PlainPort port, GatewayListener listener)
    {
        while (await port.AcceptAsync() is { } accepted) _ = ServeAsync(accepted, listener);
    }

    private async Task AcceptAsync(IConnectionListener port, GatewayListener listener)
    {
        while (await port.AcceptAsync() is { } connection) _ = DecryptAsync(connection, listener);
    }

    // Directly first; what the HTTP server has to do goes on there.
    private async Task ServeAsync(Socket accepted, GatewayListener listener)
    {
        ConnectionContext? connection = null;
        try
        {
            using (var run = direct.Open(accepted, listener))
            {
                if (!await run.RunAsync()) return;
                connection = run.HandOver(begun);
                connection.Features.Set(listener);
                // Before the end here is told, after which the server gets no more.
                var isHttp2 = run.IsUsed ? false : Judge(new(run.Unread));
                if (isHttp2 is { } known && TryGive(connection, known)) return;
            }
            if (await TryGiveAsync(connection)) return;
        }
        catch (Exception e)
        {
            // Broken connections end so; whatever else it was ends this connection alone.
            accepted.Dispose();
            connection?.Abort(new ConnectionAbortedException("The connection broke before it said anything that is served here", e));
        }
        if (connection is not null) await connection.DisposeAsync();
    }

    private async Task DecryptAsync(ConnectionContext connection, GatewayListener listener)
    {
        try
        {
            connection.Features.Set(listener);
            using (var patience = new CancellationTokenSource(firstBytesTimeout, time)) connection = await tls.TerminateAsync(connection, patience.Token);
            if (await TryGiveAsync(connection)) return;
        }
        catch (Exception e)
        {
            // A client that says nothing in time, agrees on no encryption, or goes without a word, gets nothing; whatever it was ends this connection alone.
            connection.Abort(new ConnectionAbortedException("The connection said nothing that is served here", e));
        }
        await connection.DisposeAsync();
    }

    // To the server for what its first bytes say. False when that has stopped.
    private async ValueTask<bool> TryGiveAsync(ConnectionContext connection)
    {
        using var patience = new CancellationTokenSource(firstBytesTimeout, time);
        return TryGive(connection, await IsHttp2Async(connection, patience.Token));
    }

    private bool TryGive(ConnectionContext connection, bool isHttp2) => (isHttp2 ? _http2 : _http1).Writer.TryWrite(connection);

    private async Task UnbindAsync(CancellationToken cancel)
    {
        (PlainPort Port, Task Accepting)[] plain;
        (IConnectionListener Port, Task Accepting)[] encrypted;
        lock (_lock)
        {
            _unbound = true;
            (plain, encrypted) = ([.. _plain], [.. _encrypted]);
        }
        foreach (var (port, _) in plain) port.Dispose();
        foreach (var (port, _) in encrypted) await port.UnbindAsync(cancel);
        await Task.WhenAll([.. plain.Select(static p => p.Accepting), .. encrypted.Select(static p => p.Accepting)]);
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
            foreach (var (port, _) in sorter._encrypted) await port.DisposeAsync();
            while (connections.TryRead(out var left)) await left.DisposeAsync();
        }
    }
}
