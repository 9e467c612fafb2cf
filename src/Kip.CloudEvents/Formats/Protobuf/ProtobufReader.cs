using System.Text;
using System.Text.Unicode;

namespace Kip.CloudEvents.Formats.Protobuf;

/// <summary>Goes over the fields of one message. Fields that are not asked for are passed over, as Protobuf says.</summary>
internal struct ProtobufReader(ReadOnlyMemory<byte> message)
{
    private int _at;

    /// <value>The field that the reader stands at.</value>
    internal int Field { get; private set; }

    /// <value>The number of a varint field; 0 for others.</value>
    internal ulong Number { get; private set; }

    /// <value>The bytes of a length-delimited field; empty for others.</value>
    internal ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <value>Whether the bytes read so far were no message.</value>
    internal bool Malformed { get; private set; }

    private bool _isBytes, _isNumber;

    internal bool Next()
    {
        (Number, Bytes, _isBytes, _isNumber) = (0, default, false, false);
        if (Malformed || _at == message.Length) return false;
        if (!TryVarint(out var tag) || tag >> 3 is 0 or > 0x1FFFFFFF) return Fail();
        Field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case ProtobufWriter.Varint:
                _isNumber = true;
                if (!TryVarint(out var number)) return Fail();
                Number = number;
                return true;
            case ProtobufWriter.LengthDelimited:
                _isBytes = true;
                if (!TryVarint(out var length) || length > (ulong)(message.Length - _at)) return Fail();
                Bytes = message.Slice(_at, (int)length);
                _at += (int)length;
                return true;
            case 1:
                return Skip(8);
            case 5:
                return Skip(4);
            default:
                // Groups have not been written for twenty years.
                return Fail();
        }
    }

    /// <summary>The field as text; the message is malformed when it is none.</summary>
    internal string Text()
    {
        if (_isBytes && Utf8.IsValid(Bytes.Span)) return Encoding.UTF8.GetString(Bytes.Span);
        Fail();
        return "";
    }

    internal ReadOnlyMemory<byte> Content()
    {
        if (!_isBytes) Fail();
        return Bytes;
    }

    internal long Whole()
    {
        if (!_isNumber) Fail();
        return (long)Number;
    }

    private bool Skip(int count)
    {
        if (message.Length - _at < count) return Fail();
        _at += count;
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        var span = message.Span;
        for (var shift = 0; shift < 70 && _at < span.Length; shift += 7)
        {
            var part = span[_at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return true;
        }
        return false;
    }

    private bool Fail()
    {
        Malformed = true;
        return false;
    }
}
