using System.Buffers.Binary;

namespace Kip.ApiServer.Protobuf;

/// <summary>Reads Protocol Buffers' wire format field by field.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The field's value when it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's value when it is text, bytes or a message.</summary>
    public readonly ReadOnlySpan<byte> Bytes => IsBytes ? _message[Start.._at] : default;

    /// <summary>Whether the value is in <see cref="Bytes"/>.</summary>
    public bool IsBytes { get; private set; }

    /// <summary>Where the value begins in the message.</summary>
    public int Start { get; private set; }

    /// <summary>Reads the next field. False at the end.</summary>
    /// <exception cref="FormatException">This is not protobuf.</exception>
    public bool Read()
    {
        if (_at == _message.Length) return false;
        var tag = Varint();
        if (tag >> 3 is 0 or > int.MaxValue >> 3) throw new FormatException($"{tag >> 3} is not the number of a field");
        Field = (int)(tag >> 3);
        Number = 0;
        var wireType = (int)(tag & 7);
        IsBytes = wireType == 2;
        Start = _at;
        switch (wireType)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                var length = Varint();
                Start = _at;
                Take(length);
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new FormatException($"field {Field} is of the unknown wire type {wireType}");
        }
        return true;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_message.Length - _at)) throw new FormatException("it ends in the middle of a field");
        var taken = _message.Slice(_at, (int)length);
        _at += (int)length;
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < 10; i++)
        {
            if (_at == _message.Length) throw new FormatException("it ends in the middle of a number");
            var part = _message[_at++];
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80) return value;
        }
        throw new FormatException("a number has too many bytes");
    }
}
