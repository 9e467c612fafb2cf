using System.Text;

namespace Kip.Tests.Images;

/// <summary>Archives byte by byte, for what no archiver would write.</summary>
internal static class RawTar
{
    public static byte[] End => new byte[1024];

    public static byte[] Concat(params byte[][] parts) => [.. parts.SelectMany(static p => p)];

    public static byte[] Entry(string name, char type, byte[]? content = null, string link = "", long? size = null, int mode = 0b110_100_100)
    {
        var header = new byte[512];
        Encoding.Latin1.GetBytes(name, header);
        Octal(header, 100, 8, mode);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        Octal(header, 124, 12, size ?? content?.Length ?? 0);
        Octal(header, 136, 12, 86_400);
        header[156] = (byte)type;
        Encoding.Latin1.GetBytes(link, 0, link.Length, header, 157);
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header, 148, 8, header.Sum(static b => b));
        var padding = (512 - ((content?.Length ?? 0) % 512)) % 512;
        return [.. header, .. content ?? [], .. new byte[padding]];
    }

    public static byte[] Pax(params (string Key, byte[] Value)[] records)
    {
        var content = records.SelectMany(static r => Record(r.Key, r.Value)).ToArray();
        return Entry("pax", 'x', content);
    }

    private static byte[] Record(string key, byte[] value)
    {
        var rest = key.Length + value.Length + 3;
        var length = rest + $"{rest}".Length;
        if ($"{length}".Length != $"{rest}".Length) length = rest + $"{length}".Length;
        return [.. Encoding.ASCII.GetBytes($"{length} {key}="), .. value, (byte)'\n'];
    }

    private static void Octal(byte[] header, int at, int length, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0'), header.AsSpan(at));
}
