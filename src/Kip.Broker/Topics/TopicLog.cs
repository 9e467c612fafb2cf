using System.Collections.Immutable;
using Kip.Brokers.Records;
using Kip.Log;
using Kip.Rules.Eventing.Retention;

namespace Kip.Brokers.Topics;

/// <summary>The events of one topic on disk. Opened when they are first needed: a topic that has had none costs no file.</summary>
internal sealed class TopicLog(Func<DurableLog> open, bool exists) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly RecentEvents _recent = new();
    private readonly Dictionary<ulong, DateTimeOffset> _firstArrivals = [];
    private DurableLog? _log;
    private bool _closed;

    /// <summary>Whether there is anything to read.</summary>
    public bool Exists => _log is not null || exists;

    /// <summary>The newest event on disk; 0 when there has been none.</summary>
    public ulong Durable => Opened?.DurableSequence ?? 0;

    /// <summary>The newest event accepted; 0 when there has been none.</summary>
    public ulong Last => Opened?.LastSequence ?? 0;

    /// <summary>The oldest event kept; the next to come when there is none.</summary>
    public ulong First => Opened?.FirstSequence ?? 1;

    private DurableLog? Opened => _log ?? (exists ? Open() : null);

    /// <summary>Takes an event in; completes when it is on disk, or fails as <see cref="DurableLog.Append(ReadOnlySpan{byte})"/> does.</summary>
    public ValueTask AppendAsync(StoredEvent stored)
    {
        var log = _log ?? Open();
        stored.Offset = log.Append(stored.Record);
        _recent.Add(stored);
        return log.FlushedAsync(stored.Offset);
    }

    /// <summary>An event that is in memory; null when it has to be read.</summary>
    public StoredEvent? Recent(ulong offset) => _recent.Get(offset);

    /// <summary>Gives back the memory of the newest events.</summary>
    public void ForgetRecent() => _recent.Clear();

    /// <summary>Reads from an offset on. Dispose it.</summary>
    /// <exception cref="LogTruncatedException">It was removed.</exception>
    public LogReader Read(ulong from) => (_log ?? Open()).Read(from);

    /// <summary>Reads one event; null when it was removed, damaged, or is not on disk.</summary>
    public StoredEvent? ReadOne(ulong offset)
    {
        if (_recent.Get(offset) is { } recent) return recent;
        try
        {
            using var reader = Read(offset);
            return reader.TryRead(out var record) && record.Sequence == offset ? Copy(record) : null;
        }
        catch (LogTruncatedException)
        {
            return null;
        }
    }

    public static StoredEvent Copy(LogRecord record) => new(record.Payload.ToArray()) { Offset = record.Sequence };

    /// <summary>The log's pieces, oldest first.</summary>
    public ImmutableArray<LogPiece> Pieces()
    {
        if (Opened is not { } log) return [];
        var sizes = log.SegmentSizes();
        return [.. sizes.Select(size => new LogPiece(size.First, size.Bytes, FirstArrival(log, size.First)))];
    }

    /// <summary>The first event that came at a time or after it; the next to come when there is none.</summary>
    public ulong FirstAt(DateTimeOffset time)
    {
        if (Opened is not { } log) return 1;
        var pieces = Pieces();
        var piece = pieces.LastOrDefault(p => p.FirstArrival < time);
        using var reader = log.Read(piece.First == 0 ? 0 : Math.Max(piece.First, log.FirstSequence));
        while (reader.TryRead(out var record))
            if (RecordHead.ArrivalOf(record.Payload.Span) >= time) return record.Sequence;
        return log.LastSequence + 1;
    }

    public void RemoveBefore(ulong offset) => Opened?.TruncateFront(offset);

    public long DamagedRanges => _log?.Damaged.Length ?? 0;

    public async ValueTask DisposeAsync()
    {
        DurableLog? log;
        lock (_lock)
        {
            (log, _closed) = (_log, true);
        }
        if (log is not null) await log.DisposeAsync();
    }

    private DurableLog Open()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return _log ??= open();
        }
    }

    // Only the segments' first records are asked for, and each once.
    private DateTimeOffset FirstArrival(DurableLog log, ulong first)
    {
        lock (_firstArrivals)
            if (_firstArrivals.TryGetValue(first, out var known)) return known;
        try
        {
            using var reader = log.Read(first);
            if (!reader.TryRead(out var record)) return DateTimeOffset.MaxValue;
            var arrival = RecordHead.ArrivalOf(record.Payload.Span);
            lock (_firstArrivals) _firstArrivals[first] = arrival;
            return arrival;
        }
        catch (LogTruncatedException)
        {
            return DateTimeOffset.MinValue;
        }
    }
}
