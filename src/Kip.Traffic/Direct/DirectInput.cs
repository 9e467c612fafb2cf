using System.Buffers;
using Kip.Traffic.Sockets;

namespace Kip.Traffic.Direct;

/// <summary>What a client has sent and nobody has taken yet. Has memory only while there is something.</summary>
internal sealed class DirectInput(LoopSocket socket) : IDisposable
{
    private const int FirstSize = 4 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Whether the client sends no more.</summary>
    public bool IsEnded { get; private set; }

    public bool IsEmpty => _start == _end;

    public ReadOnlyMemory<byte> Unread => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Takes what has come, at most <see cref="PlainRequest.MaxLength"/> bytes in all. False when nothing has, or there is no more room.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed here.</exception>
    public bool TryReceive()
    {
        if (IsEnded || !socket.MayBeReadable || !HasRoom()) return false;
        var count = socket.TryReceive(_buffer.AsSpan(_end));
        IsEnded = count == 0;
        _end += count ?? 0;
        if (IsEmpty) Release();
        return count > 0;
    }

    public void Consume(int count)
    {
        _start += count;
        if (IsEmpty) Release();
    }

    public void Dispose() => Release();

    private bool HasRoom()
    {
        if (_buffer is null) _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
        else if (_end == _buffer.Length) return Move();
        return true;
    }

    // To the beginning of the same memory, or of more.
    private bool Move()
    {
        var unread = Unread;
        if (unread.Length >= PlainRequest.MaxLength) return false;
        var old = _buffer!;
        if (unread.Length * 2 > old.Length) _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(old.Length * 2, PlainRequest.MaxLength));
        unread.CopyTo(_buffer);
        (_start, _end) = (0, unread.Length);
        if (_buffer != old) ArrayPool<byte>.Shared.Return(old);
        return true;
    }

    private void Release()
    {
        (_start, _end) = (0, 0);
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
