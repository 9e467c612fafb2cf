using System.Buffers;
using System.Runtime.InteropServices;
using Kip.Client.Pods;

namespace Kip.Runtime.Logs;

/// <summary>Copies a container's log to a reader: all or its tail, since a time, up to a size, and on as it grows.</summary>
internal sealed class LogCopy(ContainerLog log, PodLogOptions options, Stream destination)
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly List<byte> _line = [];
    private readonly ArrayBufferWriter<byte> _out = new();
    private long _left = options.LimitBytes ?? long.MaxValue;
    private long _skip;
    private bool _continued;

    public async Task RunAsync(CancellationToken cancel)
    {
        _skip = options.TailLines is { } tail ? Math.Max(0, await CountAsync(cancel) - tail) : 0;
        if (options.TailLines is 0 && !options.Follow) return;
        var (number, older, file) = Open();
        if (older is not null)
        {
            await using (older) await CopyFileAsync(older, cancel);
        }
        try
        {
            while (file is not null && _left > 0)
            {
                // The position is read before the file: what is written in between is seen in the next round.
                var position = log.Position;
                await CopyFileAsync(file, cancel);
                await FlushAsync(cancel);
                if (position.File != number)
                {
                    await file.DisposeAsync();
                    // One that was begun and filled since is in the older file.
                    file = OpenOrNull(position.File - number > 1 ? log.OlderPath : log.Path);
                    number = position.File - number > 1 ? position.File - 1 : position.File;
                    continue;
                }
                if (!options.Follow || position.Ended || _left <= 0) return;
                await position.Changed.WaitAsync(cancel);
            }
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
            await FlushAsync(cancel);
        }
    }

    private async Task<long> CountAsync(CancellationToken cancel)
    {
        var lines = 0L;
        foreach (var path in (string[])[log.OlderPath, log.Path])
        {
            if (OpenOrNull(path) is not { } file) continue;
            await using (file)
            {
                int count;
                while ((count = await file.ReadAsync(_buffer, cancel)) > 0) lines += CountLines(_buffer.AsSpan(0, count));
            }
        }
        _line.Clear();
        return lines;
    }

    private long CountLines(ReadOnlySpan<byte> bytes)
    {
        var lines = 0L;
        foreach (var b in bytes)
        {
            if (b != '\n')
            {
                // Only the flag at a fixed place tells a whole line from a part, so no more than that is kept.
                if (_line.Count < CriLogRecord.TimeLength + 10) _line.Add(b);
                continue;
            }
            if (CriLogRecord.TryParse(CollectionsMarshal.AsSpan(_line), out var time, out var full, out _)
                && full && IsWanted(time)) lines++;
            _line.Clear();
        }
        return lines;
    }

    private async Task CopyFileAsync(FileStream file, CancellationToken cancel)
    {
        int count;
        while (_left > 0 && (count = await file.ReadAsync(_buffer, cancel)) > 0)
        {
            Take(_buffer.AsSpan(0, count));
            if (_out.WrittenCount >= BufferSize) await FlushAsync(cancel);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is var newline and >= 0)
        {
            _line.AddRange(bytes[..newline]);
            TakeRecord(CollectionsMarshal.AsSpan(_line));
            _line.Clear();
            bytes = bytes[(newline + 1)..];
        }
        _line.AddRange(bytes);
    }

    private void TakeRecord(ReadOnlySpan<byte> record)
    {
        if (!CriLogRecord.TryParse(record, out var time, out var full, out var content) || !IsWanted(time)) return;
        if (_skip > 0)
        {
            if (full) _skip--;
            return;
        }
        if (options.Timestamps && !_continued)
        {
            Put(record[..CriLogRecord.TimeLength]);
            Put(" "u8);
        }
        Put(content);
        if (full) Put("\n"u8);
        _continued = !full;
    }

    private bool IsWanted(DateTimeOffset time) => options.SinceTime is not { } since || time >= since;

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _left) bytes = bytes[..(int)_left];
        _out.Write(bytes);
        _left -= bytes.Length;
    }

    private async Task FlushAsync(CancellationToken cancel)
    {
        if (_out.WrittenCount == 0) return;
        try
        {
            await destination.WriteAsync(_out.WrittenMemory, cancel);
        }
        finally
        {
            // Nothing is written twice, whatever becomes of it.
            _out.ResetWrittenCount();
        }
        await destination.FlushAsync(cancel);
    }

    /// <summary>Both files as they were at one moment: a file that is open keeps its content whatever it is renamed to.</summary>
    private (int Number, FileStream? Older, FileStream? Present) Open()
    {
        while (true)
        {
            var number = log.Position.File;
            var older = OpenOrNull(log.OlderPath);
            var present = OpenOrNull(log.Path);
            if (log.Position.File == number) return (number, older, present);
            older?.Dispose();
            present?.Dispose();
        }
    }

    private static FileStream? OpenOrNull(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
