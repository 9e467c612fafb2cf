using System.Buffers;
using System.Text;

namespace Kip.ApiServer.Protobuf;

/// <summary>Writes Protocol Buffers' wire format: as much of it as OpenAPI documents need.</summary>
internal sealed class ProtobufWriter
{
    private const int LengthDelimited = 2;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Bool(int field, bool value)
    {
        if (value) Number(field, 1);
    }

    /// <summary>Writes a number, zero too.</summary>
    public void Number(int field, ulong value)
    {
        Varint((ulong)(field << 3));
        Varint(value);
    }

    /// <summary>Writes text; an empty one is not written, as proto3 has it.</summary>
    public void Text(int field, string? value)
    {
        if (!string.IsNullOrEmpty(value)) Bytes(field, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Writes a message inside this one, empty or not.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner._buffer.WrittenSpan);
    }

    private void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)((field << 3) | LengthDelimited));
        Varint((ulong)value.Length);
        _buffer.Write(value);
    }

    private void Varint(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}
