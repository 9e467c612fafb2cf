using System.Buffers;

namespace Kip.Resources;

/// <summary>Where bytes are gathered that are soon copied or sent. Its memory is rented: dispose it, and use nothing of it afterwards.</summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int SmallBytes = 4096;

    private byte[]? _bytes;
    private int _length;

    /// <summary>What has been written; valid until more is written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public int Length => _length;

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => _length = 0;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (_bytes?.Length ?? 0) - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var free = (_bytes?.Length ?? 0) - _length;
        if (free == 0 || free < sizeHint) Grow(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        if (_bytes is { } rented) ArrayPool<byte>.Shared.Return(rented);
        (_bytes, _length) = (null, 0);
    }

    private void Grow(int by)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallBytes, Math.Max(checked(_length + by), (_bytes?.Length ?? 0) * 2)));
        Written.CopyTo(larger);
        if (_bytes is { } full) ArrayPool<byte>.Shared.Return(full);
        _bytes = larger;
    }
}
