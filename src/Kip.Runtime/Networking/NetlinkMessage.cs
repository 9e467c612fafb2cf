using System.Buffers.Binary;
using System.Text;

namespace Kip.Runtime.Networking;

/// <summary>Builds one request to the kernel's routing socket (rtnetlink(7)).</summary>
internal sealed class NetlinkMessage
{
    private const int HeaderSize = 16;

    private readonly byte[] _bytes = new byte[1024];
    private int _length = HeaderSize;

    /// <param name="type">What is asked for, <c>RTM_…</c>.</param>
    /// <param name="flags"><c>NLM_F_…</c> besides REQUEST and ACK.</param>
    public NetlinkMessage(ushort type, ushort flags)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(6), (ushort)(flags | 1 | 4));
    }

    /// <summary>The message with its length and number filled in.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes, _length);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(8), sequence);
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>A <c>struct ifinfomsg</c>.</summary>
    public NetlinkMessage Link(int index, uint flags)
    {
        var info = Take(16);
        BinaryPrimitives.WriteInt32LittleEndian(info[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(info[8..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(info[12..], flags);
        return this;
    }

    /// <summary>A <c>struct ifaddrmsg</c> of an IPv4 address.</summary>
    public NetlinkMessage Address(int index, byte prefix)
    {
        var info = Take(8);
        (info[0], info[1]) = (2, prefix);
        BinaryPrimitives.WriteInt32LittleEndian(info[4..], index);
        return this;
    }

    /// <summary>A <c>struct rtmsg</c> of an IPv4 default route.</summary>
    public NetlinkMessage DefaultRoute()
    {
        var info = Take(12);
        // Family, table main, protocol boot, scope universe, type unicast.
        (info[0], info[4], info[5], info[6], info[7]) = (2, 254, 3, 0, 1);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var attribute = Take(4 + value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], type);
        value.CopyTo(attribute[4..]);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, string text) => Attribute(type, Encoding.ASCII.GetBytes(text + '\0'));

    public NetlinkMessage Attribute(ushort type, int number) => Attribute(type, BitConverter.GetBytes(number));

    /// <summary>An attribute that holds what <paramref name="fill"/> adds.</summary>
    public NetlinkMessage Nested(ushort type, Action<NetlinkMessage> fill)
    {
        var start = _length;
        _ = Take(4);
        fill(this);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start), (ushort)(_length - start));
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start + 2), type);
        return this;
    }

    private Span<byte> Take(int count)
    {
        var taken = _bytes.AsSpan(_length, count);
        _length += (count + 3) & ~3;
        return taken;
    }
}
