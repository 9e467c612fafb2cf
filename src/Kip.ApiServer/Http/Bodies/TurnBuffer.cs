using System.Buffers;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>Two buffers that take turns: one is filled while the other is sent.</summary>
internal sealed class TurnBuffer : IBufferWriter<byte>
{
    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte>? _resting;

    /// <summary>What is in the buffer that is being filled.</summary>
    public ReadOnlyMemory<byte> Written => _filling.WrittenMemory;

    /// <summary>Takes the buffer that was filled; it is the sender's until the next turn.</summary>
    public ReadOnlyMemory<byte> Turn()
    {
        var full = _filling;
        _filling = _resting ?? new ArrayBufferWriter<byte>(full.Capacity);
        _filling.ResetWrittenCount();
        _resting = full;
        return full.WrittenMemory;
    }

    public void Advance(int count) => _filling.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _filling.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _filling.GetSpan(sizeHint);
}
