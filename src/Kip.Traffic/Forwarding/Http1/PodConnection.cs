using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Kip.Traffic.Sockets;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>One connection to a pod, with the bytes read from it that nobody has taken yet. Used by one request at a time.</summary>
internal sealed class PodConnection : IDisposable
{
    private const int FirstSize = 8 * 1024;

    private readonly LoopSocket _socket;
    private byte[] _input = ArrayPool<byte>.Shared.Rent(FirstSize);
    private byte[] _output = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;
    private int _disposed;

    private PodConnection(LoopSocket socket, TimeProvider time)
    {
        _socket = socket;
        Exchange = new(this, time);
    }

    /// <summary>When it was last given back, as a timestamp.</summary>
    public long IdleSince { get; set; }

    /// <summary>The head of the response read last.</summary>
    public ResponseHead Head { get; } = new();

    /// <summary>The request that it carries.</summary>
    public Exchange Exchange { get; }

    /// <summary>What has been read and not consumed.</summary>
    public ReadOnlySpan<byte> Unread => _input.AsSpan(_start, _end - _start);

    /// <inheritdoc cref="Unread"/>
    public ReadOnlyMemory<byte> UnreadMemory => _input.AsMemory(_start, _end - _start);

    /// <exception cref="SocketException">Nobody accepts connections there.</exception>
    public static async ValueTask<PodConnection> ConnectAsync(IPEndPoint endPoint, TimeProvider time, CancellationToken cancel) =>
        new(await LoopSocket.ConnectAsync(endPoint, cancel), time);

    /// <summary>Whether the pod has closed it, or sent something nobody asked for.</summary>
    public bool IsStale() => _end != _start || _socket.HasPeerEnded || _socket.IsReadable();

    /// <summary>Room for the bytes to send; they are sent by <see cref="SendAsync"/>.</summary>
    public Span<byte> Output(int atLeast, int keep)
    {
        if (_output.Length < atLeast) _output = Grow(_output, atLeast, 0, keep);
        return _output;
    }

    public ValueTask SendOutputAsync(int length) => SendAsync(_output.AsMemory(0, length));

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAsync(bytes);

    /// <summary>No more will be sent.</summary>
    public void EndSending() => _socket.EndSending();

    /// <summary>Reads what comes next behind <see cref="Unread"/>; tell <see cref="Received"/> how much it was. 0 at the end of the connection.</summary>
    /// <exception cref="MalformedResponseException">More than the limit is unread.</exception>
    public ValueTask<int> ReceiveAsync(int limit)
    {
        if (_start == _end) _start = _end = 0;
        else if (_end == _input.Length) MakeRoom(limit);
        return _socket.ReceiveAsync(_input.AsMemory(_end));
    }

    /// <summary>Takes note of what <see cref="ReceiveAsync(int)"/> read. False when it was the end.</summary>
    public bool Received(int count)
    {
        _end += count;
        return count > 0;
    }

    /// <summary>Reads directly into somebody's memory; only when nothing is unread.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> destination) => _socket.ReceiveAsync(destination);

    public void Consume(int count) => _start += count;

    /// <summary>Ends whatever is going on, from any thread.</summary>
    public void Abort() => _socket.Dispose();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _socket.Dispose();
        ArrayPool<byte>.Shared.Return(_input);
        ArrayPool<byte>.Shared.Return(_output);
    }

    private void MakeRoom(int limit)
    {
        if (_start > 0)
        {
            Unread.CopyTo(_input);
            (_start, _end) = (0, _end - _start);
            return;
        }
        if (_input.Length >= limit) throw new MalformedResponseException($"the response has more than {limit} bytes of headers");
        _input = Grow(_input, _input.Length * 2, 0, _end);
    }

    private static byte[] Grow(byte[] old, int size, int from, int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        old.AsSpan(from, count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(old);
        return larger;
    }
}
