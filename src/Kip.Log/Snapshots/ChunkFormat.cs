using System.Buffers.Binary;
using Kip.Log.Format;

namespace Kip.Log.Snapshots;

/// <summary>A checksummed file: a header, then chunks of (length, checksum, bytes); a chunk of length 0 ends it.</summary>
/// <remarks>Each checksum goes on from the one before, so that chunks cannot be left out, swapped or taken from another place.</remarks>
internal static class ChunkFormat
{
    internal const uint KnownVersion = 1;
    internal const int FileHeaderBytes = 16;
    internal const int ChunkHeaderBytes = 8;
    internal const int ChunkBytes = 64 << 10;

    private static ReadOnlySpan<byte> Magic => "KipFile\n"u8;

    internal static byte[] FileHeader()
    {
        var header = new byte[FileHeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), KnownVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Crc32C.Add(uint.MaxValue, header.AsSpan(0, 12)));
        return header;
    }

    /// <summary>The version, or null when the header is damaged.</summary>
    internal static uint? Version(ReadOnlySpan<byte> header) =>
        header.Length == FileHeaderBytes && header.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) == Crc32C.Add(uint.MaxValue, header[..12])
            ? BinaryPrimitives.ReadUInt32LittleEndian(header[8..])
            : null;

    internal static uint ChunkCrc(uint before, ReadOnlySpan<byte> lengthBytes, ReadOnlySpan<byte> bytes) =>
        Crc32C.AddBoth(before, lengthBytes, bytes);
}
