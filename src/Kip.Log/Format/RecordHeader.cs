using System.Buffers.Binary;

namespace Kip.Log.Format;

/// <summary>
/// The 24 bytes before each record: checksum of the header, checksum of the payload, payload length, index in its batch, sequence;
/// all little-endian.
/// </summary>
/// <remarks>
/// The header has a checksum of its own so that its length can be trusted when the payload is damaged: exactly one record is lost then.
/// The index in the batch says which records were on disk before this one was written: a batch is written only after the fsync of the
/// one before. That is what tells damage (of a record that was acknowledged) from a torn write (of one that was not).
/// </remarks>
internal readonly record struct RecordHeader(uint PayloadCrc, int Length, uint BatchIndex, ulong Sequence)
{
    internal const int Bytes = 24;

    // Not a record but a mark after the last one: all before it had been fsynced when it was written. The next batch overwrites it.
    private const uint MarkIndex = uint.MaxValue;

    internal bool IsMark => BatchIndex == MarkIndex;

    /// <summary>Whether the mark was made by closing the log, after everything accepted had been written.</summary>
    internal bool IsClosingMark => IsMark && Length > 0;

    /// <summary>The newest record that was on disk before this one was written.</summary>
    internal ulong SyncedBefore => IsMark ? Sequence - 1 : Sequence - 1 - Math.Min(BatchIndex, Sequence - 1);

    internal static RecordHeader Mark(ulong next, bool closing) => new(0, closing ? 1 : 0, MarkIndex, next);

    internal static ulong PeekSequence(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadUInt64LittleEndian(from[16..]);

    internal void Write(Span<byte> to, uint seed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], PayloadCrc);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], BatchIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(to, Crc32C.Add(seed, to[4..Bytes]));
    }

    internal static bool TryRead(ReadOnlySpan<byte> from, uint seed, out RecordHeader header)
    {
        header = default;
        if (from.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(from) != Crc32C.Add(seed, from[4..Bytes]))
        {
            return false;
        }

        header = new(
            BinaryPrimitives.ReadUInt32LittleEndian(from[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]),
            PeekSequence(from));
        return header.Length >= 0 && header.Sequence > 0;
    }
}
