using System.Buffers;
using Kip.Resources;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>Two buffers that take turns: one is filled while the other is sent.</summary>
internal sealed class TurnBuffer : IBufferWriter<byte>, IDisposable
{
    private PooledBuffer _filling = new();
    private PooledBuffer? _resting;

    /// <summary>What is in the buffer that is being filled.</summary>
    public ReadOnlyMemory<byte> Written => _filling.Written;

    /// <summary>Takes the buffer that was filled; it is the sender's until the next turn.</summary>
    public ReadOnlyMemory<byte> Turn()
    {
        (_filling, _resting) = (_resting ?? new PooledBuffer(), _filling);
        _filling.Clear();
        return _resting.Written;
    }

    public void Advance(int count) => _filling.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _filling.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _filling.GetSpan(sizeHint);

    /// <summary>Gives the memory back: nothing may be sending any more.</summary>
    public void Dispose()
    {
        _filling.Dispose();
        _resting?.Dispose();
    }
}
