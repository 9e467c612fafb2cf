namespace Kip.ApiServer.Protobuf;

/// <summary>Reads Protocol Buffers' wire format field by field.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The field's value when it is a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's value when it is text, bytes or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Whether the value is in <see cref="Bytes"/>.</summary>
    public bool IsBytes { get; private set; }

    /// <summary>Reads the next field. False at the end.</summary>
    /// <exception cref="FormatException">This is not protobuf.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty) return false;
        var tag = Varint();
        Field = (int)(tag >> 3);
        Bytes = default;
        Number = 0;
        var wireType = (int)(tag & 7);
        IsBytes = wireType == 2;
        switch (wireType)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BitConverter.ToUInt64(Take(8));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Number = BitConverter.ToUInt32(Take(4));
                break;
            default:
                throw new FormatException($"field {Field} is of the unknown wire type {wireType}");
        }
        return true;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length) throw new FormatException("it ends in the middle of a field");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < 10; i++)
        {
            if (i == _rest.Length) throw new FormatException("it ends in the middle of a number");
            var part = _rest[i];
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return value;
        }
        throw new FormatException("a number has too many bytes");
    }
}
