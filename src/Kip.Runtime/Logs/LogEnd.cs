using System.Text;

namespace Kip.Runtime.Logs;

/// <summary>The end of a container's log, as short as a status can hold it.</summary>
/// <remarks>The kubelet's bounds for <c>FallbackToLogsOnError</c>: at most 80 lines, and of these at most the last 2,048 bytes.</remarks>
internal static class LogEnd
{
    private const int MostLines = 80;
    private const int MostBytes = 2048;

    // A record that is cut may be the longest there is; behind it there is room for all that is wanted, a record's head before each line.
    private const int Window = CriLogRecord.MaxContent + MostBytes + (MostLines + 2) * (CriLogRecord.TimeLength + 11);

    /// <summary>What a log that is complete ends with. Null: nothing was written, or it cannot be read.</summary>
    public static string? Read(ContainerLog log)
    {
        try
        {
            var present = Tail(log.Path, Window);
            byte[] bytes = present.Length < Window ? [.. Tail(log.OlderPath, Window - present.Length), .. present] : present;
            return Of(bytes);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The end of a log's text.</summary>
    /// <param name="records">The last of its records; the first of them may be cut.</param>
    internal static string? Of(ReadOnlySpan<byte> records)
    {
        var text = new List<byte>();
        var starts = new List<int> { 0 };
        while (records.IndexOf((byte)'\n') is var end and >= 0)
        {
            var isRecord = CriLogRecord.TryParse(records[..end], out _, out var full, out var content);
            records = records[(end + 1)..];
            if (!isRecord) continue;
            text.AddRange(content);
            if (!full) continue;
            text.Add((byte)'\n');
            starts.Add(text.Count);
        }
        // The last start is the end, unless a line without its newline follows.
        var lines = starts[^1] == text.Count ? starts.Count - 1 : starts.Count;
        var from = Math.Max(starts[Math.Max(0, lines - MostLines)], text.Count - MostBytes);
        // No character is cut: its first byte is the one that does not continue another.
        while (from < text.Count && (text[from] & 0xc0) == 0x80) from++;
        return from == text.Count ? null : Encoding.UTF8.GetString([.. text.Skip(from)]);
    }

    private static byte[] Tail(string path, int most)
    {
        if (!File.Exists(path)) return [];
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        var bytes = new byte[Math.Min(length, most)];
        var count = RandomAccess.Read(file, bytes, length - bytes.Length);
        return bytes[..count];
    }
}
