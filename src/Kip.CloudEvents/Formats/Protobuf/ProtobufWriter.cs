using System.Buffers;
using System.Text;

namespace Kip.CloudEvents.Formats.Protobuf;

/// <summary>The few wire forms that the event messages are made of. Lengths come first, so callers say them.</summary>
internal readonly ref struct ProtobufWriter(IBufferWriter<byte> output)
{
    internal const int Varint = 0;
    internal const int LengthDelimited = 2;

    internal static int VarintSize(ulong value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7) size++;
        return size;
    }

    /// <summary>The size of a field with its tag (of one byte) and its length.</summary>
    internal static int FieldSize(int length) => 1 + VarintSize((ulong)length) + length;

    internal static int TextSize(string text) => FieldSize(Encoding.UTF8.GetByteCount(text));

    internal void WriteVarint(ulong value)
    {
        var span = output.GetSpan(10);
        var size = 0;
        for (; value >= 0x80; value >>= 7) span[size++] = (byte)(value | 0x80);
        span[size++] = (byte)value;
        output.Advance(size);
    }

    internal void WriteTag(int field, int wireType) => WriteVarint((uint)((field << 3) | wireType));

    /// <summary>Begins a field of bytes: its tag and its length.</summary>
    internal void WriteLength(int field, int length)
    {
        WriteTag(field, LengthDelimited);
        WriteVarint((ulong)length);
    }

    internal void WriteText(int field, string text)
    {
        WriteLength(field, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, output);
    }

    internal void WriteBytes(int field, ReadOnlySpan<byte> bytes)
    {
        WriteLength(field, bytes.Length);
        output.Write(bytes);
    }

    internal void WriteNumber(int field, long value)
    {
        WriteTag(field, Varint);
        WriteVarint((ulong)value);
    }
}
