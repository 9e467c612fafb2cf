using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Kip.CloudEvents.Formats.Avro;

/// <summary>Reads Avro's binary encoding. After <see cref="Malformed"/> has become true every value is a default.</summary>
internal struct AvroReader(ReadOnlyMemory<byte> body)
{
    private int _at;

    internal bool Malformed { get; private set; }

    internal readonly bool AtEnd => _at == body.Length;

    internal long Long()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (!Has(1)) return 0;
            var part = body.Span[_at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }
        Fail();
        return 0;
    }

    internal int Int()
    {
        var value = Long();
        if (value is < int.MinValue or > int.MaxValue) Fail();
        return (int)value;
    }

    internal bool Boolean()
    {
        if (!Has(1)) return false;
        var value = body.Span[_at++];
        if (value > 1) Fail();
        return value == 1;
    }

    internal double Double()
    {
        if (!Has(8)) return 0;
        _at += 8;
        return BinaryPrimitives.ReadDoubleLittleEndian(body.Span[(_at - 8)..]);
    }

    internal ReadOnlyMemory<byte> Bytes()
    {
        var length = Long();
        if (!Has(length)) return default;
        _at += (int)length;
        return body.Slice(_at - (int)length, (int)length);
    }

    internal ReadOnlyMemory<byte> Utf8Text()
    {
        var bytes = Bytes();
        if (!Utf8.IsValid(bytes.Span)) Fail();
        return Malformed ? default : bytes;
    }

    internal string Text() => Encoding.UTF8.GetString(Utf8Text().Span);

    /// <summary>The number of items in the next block of a map or an array; 0 after the last.</summary>
    internal long Block()
    {
        var count = Long();
        if (count >= 0) return Malformed ? 0 : count;
        // A negative count says that the block's size in bytes follows.
        Long();
        if (count == long.MinValue) Fail();
        return Malformed ? 0 : -count;
    }

    internal void Fail()
    {
        Malformed = true;
        _at = body.Length;
    }

    private bool Has(long count)
    {
        if (!Malformed && count >= 0 && count <= body.Length - _at) return true;
        Fail();
        return false;
    }
}
