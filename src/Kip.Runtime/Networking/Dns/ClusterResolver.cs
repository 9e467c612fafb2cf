using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Networking.Dns;

/// <summary>The pods' resolver: answers the cluster's names with the gateway's address and hands the rest to the machine's resolvers.</summary>
internal sealed partial class ClusterResolver : IAsyncDisposable
{
    /// <summary>Questions that may wait for the machine's resolvers; one more is answered SERVFAIL, as by them when they are busy.</summary>
    private const int MostWaiting = 1024;
    private const int MostConnections = 64;
    private const int LargestDatagram = 65_535;
    private const int KeepSeconds = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionPatience = TimeSpan.FromSeconds(10);

    private readonly Subnet _subnet;
    private readonly Func<string, bool> _serves;
    private readonly IReadOnlyList<IPEndPoint> _upstream;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _connections;
    private readonly Task[] _loops;
    private int _waiting;
    private int _connected;

    private ClusterResolver(Subnet subnet, Func<string, bool> serves, IReadOnlyList<IPEndPoint> upstream, TimeProvider time, ILogger logger)
    {
        (_subnet, _serves, _upstream, _time, _logger) = (subnet, serves, upstream, time, logger);
        _datagrams.Bind(new IPEndPoint(subnet.Gateway, 0));
        _connections = new TcpListener(subnet.Gateway, 0);
        _connections.Start();
        _loops = [ReceiveAsync(), AcceptAsync()];
    }

    /// <summary>Where it listens at the bridge's address.</summary>
    public (int Udp, int Tcp) Ports => (((IPEndPoint)_datagrams.LocalEndPoint!).Port, ((IPEndPoint)_connections.LocalEndpoint).Port);

    public static ClusterResolver Start(Subnet subnet, Func<string, bool> serves, IReadOnlyList<IPEndPoint> upstream, TimeProvider time, ILogger logger) =>
        new(subnet, serves, upstream, time, logger);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _datagrams.Dispose();
        _connections.Dispose();
        await Task.WhenAll(_loops);
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[LargestDatagram];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, anyone, _stop.Token);
                _ = ReplyAsync(buffer.AsSpan(0, received.ReceivedBytes).ToArray(), received.RemoteEndPoint);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // One datagram that failed; the next may not.
                LogFailed(e.Message);
            }
        }
    }

    private async Task ReplyAsync(byte[] query, EndPoint to)
    {
        try
        {
            if (await AnswerAsync(query, overTcp: false) is { } answer) await _datagrams.SendToAsync(answer, SocketFlags.None, to, _stop.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked will ask again.
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _connections.AcceptSocketAsync(_stop.Token);
                if (Interlocked.Increment(ref _connected) <= MostConnections) _ = ConverseAsync(socket);
                else
                {
                    Interlocked.Decrement(ref _connected);
                    socket.Dispose();
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                LogFailed(e.Message);
            }
        }
    }

    private async Task ConverseAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            patience.CancelAfter(ConnectionPatience);
            while (await ReadFramedAsync(stream, patience.Token) is { } query && await AnswerAsync(query, overTcp: true) is { } answer)
                await WriteFramedAsync(stream, answer, patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // Gone, or silent for too long.
        }
        finally
        {
            Interlocked.Decrement(ref _connected);
        }
    }

    /// <summary>Null: what came is no question and gets no answer.</summary>
    private async Task<byte[]?> AnswerAsync(byte[] query, bool overTcp)
    {
        if (DnsPacket.ReadQuery(query) is not { } question) return null;
        return ClusterNames.Decide(question, _subnet, _serves) switch
        {
            NameAnswer.Gateway => DnsPacket.Answer(query, question, DnsPacket.NoError, _subnet.Gateway, KeepSeconds),
            NameAnswer.Nothing => DnsPacket.Answer(query, question, DnsPacket.NoError),
            NameAnswer.Unknown => DnsPacket.Answer(query, question, DnsPacket.NameError),
            _ => await ForwardAsync(query, overTcp) ?? DnsPacket.Answer(query, question, DnsPacket.ServerFailure),
        };
    }

    private async Task<byte[]?> ForwardAsync(byte[] query, bool overTcp)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        try
        {
            foreach (var server in _upstream)
                if (await AskAsync(server, query, overTcp) is { } answer) return answer;
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<byte[]?> AskAsync(IPEndPoint server, byte[] query, bool overTcp)
    {
        using var limit = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            using var socket = overTcp
                ? new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(server, either.Token);
            if (overTcp)
            {
                await using var stream = new NetworkStream(socket);
                await WriteFramedAsync(stream, query, either.Token);
                return await ReadFramedAsync(stream, either.Token);
            }
            await socket.SendAsync(query, SocketFlags.None, either.Token);
            var answer = new byte[LargestDatagram];
            while (true)
            {
                var count = await socket.ReceiveAsync(answer, SocketFlags.None, either.Token);
                // Only the answer to this very question.
                if (count >= 12 && answer.AsSpan(0, 2).SequenceEqual(query.AsSpan(0, 2))) return answer[..count];
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static async Task<byte[]?> ReadFramedAsync(Stream stream, CancellationToken cancel)
    {
        var size = new byte[2];
        if (await stream.ReadAtLeastAsync(size, 2, throwOnEndOfStream: false, cancel) < 2) return null;
        var packet = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
        return await stream.ReadAtLeastAsync(packet, packet.Length, throwOnEndOfStream: false, cancel) == packet.Length ? packet : null;
    }

    private static async Task WriteFramedAsync(Stream stream, byte[] packet, CancellationToken cancel)
    {
        var framed = new byte[packet.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)packet.Length);
        packet.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancel);
    }

    [LoggerMessage(650, LogLevel.Debug, "The pods' resolver: {reason}")]
    private partial void LogFailed(string reason);
}
