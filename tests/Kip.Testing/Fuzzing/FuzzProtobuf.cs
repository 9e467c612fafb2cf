using System.Text;

namespace Kip.Testing.Fuzzing;

/// <summary>Kubernetes' protobuf envelope around messages that are right, damaged, or noise.</summary>
internal sealed class FuzzProtobuf(Random random)
{
    private static readonly byte[] Magic = [0x6b, 0x38, 0x73, 0x00];

    public byte[] Make(string apiVersion, string kind)
    {
        byte[] type = [.. Field(1, Encoding.UTF8.GetBytes(apiVersion)), .. Field(2, Encoding.UTF8.GetBytes(kind))];
        byte[] made = [.. Magic, .. Field(1, type), .. Field(2, Object())];
        for (var i = random.Next(4); i > 0; i--) made[random.Next(made.Length)] = (byte)random.Next(256);
        return random.Next(8) == 0 ? made[..random.Next(made.Length)] : made;
    }

    private byte[] Object()
    {
        byte[] metadata = [.. Field(1, "a"u8.ToArray()), .. random.Next(2) == 0 ? Field(11, [.. Field(1, "k"u8.ToArray()), .. Field(2, "v"u8.ToArray())]) : []];
        return [.. Field(1, metadata), .. Enumerable.Range(0, random.Next(5)).SelectMany(_ => Any(4))];
    }

    // A field of any number and wire type, nested at random, now and then with a length that lies.
    private byte[] Any(int depth)
    {
        var number = random.Next(1, random.Next(8) == 0 ? 100_000 : 30);
        return random.Next(6) switch
        {
            0 => [.. Varint((ulong)number << 3), .. Varint((ulong)random.NextInt64())],
            1 => [.. Varint(((ulong)number << 3) | 5), 1, 2, 3, 4],
            2 => [.. Varint(((ulong)number << 3) | 1), 1, 2, 3, 4, 5, 6, 7, 8],
            3 => [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)random.NextInt64(long.MaxValue)), 1],
            4 when depth > 0 => Field(number, [.. Enumerable.Range(0, random.Next(4)).SelectMany(_ => Any(depth - 1))]),
            _ => Field(number, Noise()),
        };
    }

    private byte[] Noise()
    {
        var bytes = new byte[random.Next(20)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Field(int number, byte[] content) => [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
