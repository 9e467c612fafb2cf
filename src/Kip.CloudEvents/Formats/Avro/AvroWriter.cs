using System.Buffers;
using System.Text;

namespace Kip.CloudEvents.Formats.Avro;

/// <summary>Avro's binary encoding, as far as the event's schema needs it.</summary>
internal readonly ref struct AvroWriter(IBufferWriter<byte> output)
{
    /// <summary>Zigzag, seven bits a byte; also lengths, counts, and which branch of a union follows.</summary>
    internal void WriteLong(long value)
    {
        var rest = (ulong)(value << 1) ^ (ulong)(value >> 63);
        var span = output.GetSpan(10);
        var size = 0;
        for (; rest >= 0x80; rest >>= 7) span[size++] = (byte)(rest | 0x80);
        span[size++] = (byte)rest;
        output.Advance(size);
    }

    internal void WriteBoolean(bool value)
    {
        output.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        output.Advance(1);
    }

    internal void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteLong(bytes.Length);
        output.Write(bytes);
    }

    internal void WriteText(string text)
    {
        WriteLong(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, output);
    }
}
