using System.Buffers;
using System.Runtime.CompilerServices;
using Kip.Traffic.Forwarding.Http1;
using Kip.Traffic.Sockets;

namespace Kip.Traffic.Direct;

/// <summary>What is to be sent to a client. Has memory only between a write and its sending.</summary>
internal sealed class DirectOutput(LoopSocket socket) : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 4 * 1024;

    private byte[] _buffer = [];
    private int _length;
    private int _waits;
    private volatile bool _isWaiting;

    /// <summary>Which wait for the client to read is under way; null when there is none. For other threads.</summary>
    public int? Wait => _isWaiting ? Volatile.Read(ref _waits) : null;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Sends what has been written, and returns when the system has taken all of it. False when the client takes no more.</summary>
    public ValueTask<bool> FlushAsync()
    {
        try
        {
            var sent = _length == 0 ? 0 : socket.TrySend(_buffer.AsSpan(0, _length));
            if (sent < _length) return WaitAsync(sent);
            Release();
            return new(true);
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e))
        {
            return new(false);
        }
    }

    /// <summary>Ends waiting for the client. From any thread.</summary>
    public void Stop() => socket.StopSending();

    public void Dispose() => Release();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(int sent)
    {
        Volatile.Write(ref _waits, _waits + 1);
        _isWaiting = true;
        try
        {
            return await socket.SendRestAsync(_buffer.AsMemory(sent, _length - sent));
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e))
        {
            return false;
        }
        finally
        {
            _isWaiting = false;
            Release();
        }
    }

    private void Grow(int sizeHint)
    {
        var least = _length + Math.Max(sizeHint, 1);
        if (_buffer.Length >= least) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(least, Math.Max(_buffer.Length * 2, FirstSize)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Release()
    {
        _length = 0;
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
