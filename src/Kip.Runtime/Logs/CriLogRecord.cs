using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Kip.Runtime.Logs;

/// <summary>One record of a container's log file: the CRI's line format, <c>TIME stdout|stderr F|P CONTENT</c>.</summary>
/// <remarks>F is a full line. P is a part of one: too long for one record, or cut off by the program's end.</remarks>
internal static class CriLogRecord
{
    /// <summary>A line longer than this becomes several records.</summary>
    public const int MaxContent = 16 * 1024;

    /// <summary>2026-01-31T12:00:00.123456700Z: as many digits as Go's RFC3339Nano may show, always all of them, so that times sort as text.</summary>
    public const int TimeLength = 30;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'";

    public static void Append(List<byte> buffer, DateTimeOffset time, bool stderr, bool full, ReadOnlySpan<byte> content)
    {
        Span<byte> stamp = stackalloc byte[TimeLength];
        time.UtcDateTime.TryFormat(stamp, out _, TimeFormat, CultureInfo.InvariantCulture);
        buffer.AddRange(stamp);
        buffer.AddRange(stderr ? " stderr "u8 : " stdout "u8);
        buffer.AddRange(full ? "F "u8 : "P "u8);
        buffer.AddRange(content);
        buffer.Add((byte)'\n');
    }

    /// <summary>Takes a record (without its newline) apart.</summary>
    /// <returns>False when it is not one: a file cut by a crash.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out DateTimeOffset time, out bool full, out ReadOnlySpan<byte> content)
    {
        const int Prefix = TimeLength + 10;
        time = default;
        full = false;
        content = default;
        if (line.Length < Prefix || line[TimeLength] != ' ' || line[TimeLength + 8] is not ((byte)'F' or (byte)'P')) return false;
        if (!DateTimeOffset.TryParseExact(Encoding.ASCII.GetString(line[..TimeLength]), TimeFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out time)) return false;
        full = line[TimeLength + 8] == (byte)'F';
        content = line[Prefix..];
        return true;
    }
}
