using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Kip.Runtime.Networking.Dns;

/// <summary>Reads queries and writes answers of the domain name system (RFC 1035 section 4).</summary>
public static class DnsPacket
{
    public const ushort AddressType = 1;
    public const ushort InternetClass = 1;
    public const int NoError = 0, ServerFailure = 2, NameError = 3, Refused = 5;

    private const int HeaderSize = 12;
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>The question of a query: one with exactly one. Null: it is none, or malformed.</summary>
    public static DnsQuestion? ReadQuery(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < HeaderSize) return null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var isQuery = (flags & 0xF800) == 0;
        if (!isQuery || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != 1) return null;
        var at = HeaderSize;
        var name = new StringBuilder();
        while (true)
        {
            if (at >= packet.Length) return null;
            int length = packet[at++];
            if (length == 0) break;
            // A question is the packet's first name: it has nothing to point at.
            if (length > LongestLabel || at + length > packet.Length || name.Length + length > LongestName) return null;
            if (name.Length > 0) name.Append('.');
            foreach (var octet in packet.Slice(at, length)) name.Append((char)(octet is >= (byte)'A' and <= (byte)'Z' ? octet + 32 : octet));
            at += length;
        }
        if (at + 4 > packet.Length) return null;
        return new DnsQuestion(
            BinaryPrimitives.ReadUInt16BigEndian(packet), name.ToString(), BinaryPrimitives.ReadUInt16BigEndian(packet[at..]),
            BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 2)..]), at + 4, (flags & 0x0100) != 0);
    }

    /// <summary>An answer to a query.</summary>
    /// <param name="query">The query's packet.</param>
    /// <param name="question">What was read of it.</param>
    /// <param name="code">The response code.</param>
    /// <param name="address">The one record of the answer; null: none.</param>
    /// <param name="seconds">How long the record may be kept.</param>
    public static byte[] Answer(ReadOnlySpan<byte> query, DnsQuestion question, int code, IPAddress? address = null, int seconds = 0)
    {
        var answer = new byte[question.End + (address is null ? 0 : 16)];
        query[..question.End].CopyTo(answer);
        // QR, AA and RA; RD as asked.
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), (ushort)(0x8480 | (question.RecursionDesired ? 0x0100 : 0) | code));
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)(address is null ? 0 : 1));
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(8), 0);
        if (address is null) return answer;
        var record = answer.AsSpan(question.End);
        // The name is the question's, which begins behind the header.
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | HeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], AddressType);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], InternetClass);
        BinaryPrimitives.WriteInt32BigEndian(record[6..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        address.GetAddressBytes().CopyTo(record[12..]);
        return answer;
    }
}
