using System.Buffers;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Kip.Traffic.Http;

/// <summary>Lets one port take both HTTP/1.1 and HTTP/2 with prior knowledge: looks at a connection's first bytes and hands it to the one server or the other.</summary>
/// <remarks>
/// The HTTP server offers both on one plain-text port only with TLS's negotiation. An HTTP/2 client begins with the preface
/// <c>PRI * HTTP/2.0</c> (RFC 9113 section 3.4), which no HTTP/1.1 request begins with.
/// </remarks>
internal sealed class ProtocolSorter(IConnectionListenerFactory transport, TimeSpan firstBytesTimeout, TimeProvider time) : IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext> _http1 = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Channel<ConnectionContext> _http2 = Channel.CreateUnbounded<ConnectionContext>();
    private IConnectionListener? _socket;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Stands for "HTTP/2 connections of the port that is bound already".</summary>
    public static readonly EndPoint PriorKnowledge = new DnsEndPoint("h2c.invalid", 1);

    /// <summary>Where the port is, once bound.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket!.EndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (ReferenceEquals(endpoint, PriorKnowledge)) return new Listener(this, _http2.Reader, endpoint);
        _socket = await transport.BindAsync(endpoint, cancellationToken);
        _accepting = AcceptAsync(_socket);
        return new Listener(this, _http1.Reader, _socket.EndPoint);
    }

    private async Task AcceptAsync(IConnectionListener socket)
    {
        while (await socket.AcceptAsync() is { } connection) _ = SortAsync(connection);
        _http1.Writer.TryComplete();
        _http2.Writer.TryComplete();
    }

    private async Task SortAsync(ConnectionContext connection)
    {
        try
        {
            using var patience = new CancellationTokenSource(firstBytesTimeout, time);
            var chosen = await IsHttp2Async(connection, patience.Token) ? _http2 : _http1;
            if (chosen.Writer.TryWrite(connection)) return;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // A client that says nothing in time, or goes without a word, gets nothing.
        }
        await connection.DisposeAsync();
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

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await sorter._socket!.UnbindAsync(cancellationToken);
            await sorter._accepting;
        }

        public async ValueTask DisposeAsync()
        {
            await sorter._socket!.DisposeAsync();
            while (connections.TryRead(out var left)) await left.DisposeAsync();
        }
    }
}
