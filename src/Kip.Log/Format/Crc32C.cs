using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kip.Log.Format;

/// <summary>CRC-32C (Castagnoli), which processors compute in hardware; seeded with a log's identity.</summary>
internal static class Crc32C
{
    internal static uint Seed(ulong identity) => BitOperations.Crc32C(uint.MaxValue, identity);

    /// <summary>The checksum of two pieces as if they were one.</summary>
    internal static uint AddBoth(uint crc, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => Add(Add(crc, head), body);

    internal static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var at = 0;
        for (; at + sizeof(ulong) <= bytes.Length; at += sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)));
        }

        for (; at < bytes.Length; at++)
        {
            crc = BitOperations.Crc32C(crc, bytes[at]);
        }

        return crc;
    }
}
