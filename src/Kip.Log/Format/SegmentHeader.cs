using System.Buffers.Binary;

namespace Kip.Log.Format;

/// <summary>What a segment begins with: twice the same 40 bytes, so that one damaged copy costs nothing.</summary>
/// <remarks>
/// Magic (8), format version (4), length of both copies (4), first sequence (8), the log's identity (8), zero (4), CRC-32C of the 36
/// bytes before (4). The place of magic, version and checksum stays the same in all versions: an older kip can then tell a newer format from damage.
/// </remarks>
internal readonly record struct SegmentHeader(uint Version, ulong First, ulong Identity)
{
    internal const uint KnownVersion = 1;
    internal const int Bytes = 2 * CopyBytes;
    private const int CopyBytes = 40;
    private const int CrcAt = 36;

    private static ReadOnlySpan<byte> Magic => "KipLog\r\n"u8;

    internal static byte[] Make(ulong first, ulong identity)
    {
        var bytes = new byte[Bytes];
        var copy = bytes.AsSpan(0, CopyBytes);
        Magic.CopyTo(copy);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[8..], KnownVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[12..], Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[16..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[24..], identity);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[CrcAt..], Crc32C.Add(uint.MaxValue, copy[..CrcAt]));
        copy.CopyTo(bytes.AsSpan(CopyBytes));
        return bytes;
    }

    /// <summary>Reads whichever copy is good.</summary>
    /// <param name="whole">False if a copy is damaged.</param>
    internal static SegmentHeader? Read(ReadOnlySpan<byte> bytes, out bool whole)
    {
        var one = ReadCopy(bytes);
        var other = ReadCopy(bytes.Length >= CopyBytes ? bytes[CopyBytes..] : default);
        whole = one is not null && one == other;
        return one ?? other;
    }

    private static SegmentHeader? ReadCopy(ReadOnlySpan<byte> copy)
    {
        if (copy.Length < CopyBytes || !copy.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(copy[CrcAt..]) != Crc32C.Add(uint.MaxValue, copy[..CrcAt]))
        {
            return null;
        }

        return new(
            BinaryPrimitives.ReadUInt32LittleEndian(copy[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(copy[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(copy[24..]));
    }
}
