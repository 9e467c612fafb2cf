using Kip.Log;

namespace Kip.Brokers.DeadLetters;

/// <summary>The events of one topic that could be delivered nowhere: kept on disk until somebody sends them again or removes them.</summary>
/// <remarks>Beyond <see cref="MaxLetters"/> or <see cref="MaxBytes"/> the oldest are dropped; see <see cref="TakeDropped"/>.</remarks>
internal sealed class DeadLetterStore(Func<DurableLog> open, bool exists, int maxLetters = DeadLetterStore.MaxLetters, long maxBytes = DeadLetterStore.MaxBytes)
    : IAsyncDisposable
{
    public const int MaxLetters = 100_000;
    public const long MaxBytes = 256L << 20;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<ulong, Entry> _letters = [];
    private readonly Dictionary<(string Uid, ulong Offset), ulong> _byEvent = [];
    private Dictionary<string, int>? _untold;
    private DurableLog? _log;
    private long _bytes;
    private bool _closed;

    private readonly record struct Entry(string Uid, ulong Offset, int Bytes);

    /// <summary>How many letters are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                Load_NeedsLock();
                return _letters.Count;
            }
        }
    }

    /// <summary>How many were dropped, since this process began, because the store was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>How many of each subscription's letters were dropped since this was asked last, by uid; null when none was.</summary>
    public IReadOnlyDictionary<string, int>? TakeDropped()
    {
        lock (_lock)
        {
            var dropped = _untold;
            _untold = null;
            return dropped;
        }
    }

    /// <summary>Keeps a letter; completes when it is on disk. One that is there already, from before a crash, is not kept twice.</summary>
    /// <exception cref="LogException">The disk refuses.</exception>
    public async ValueTask AddAsync(DeadLetter letter)
    {
        var record = DeadLetterRecord.Write(letter);
        DurableLog log;
        ulong id;
        lock (_lock)
        {
            log = _log ?? Open_NeedsLock();
            if (!_byEvent.TryGetValue((letter.Uid, letter.Offset), out id))
            {
                id = log.Append(record);
                Put_NeedsLock(id, new(letter.Uid, letter.Offset, record.Length));
                while (_letters.Count > maxLetters || _bytes > maxBytes) DropOldest_NeedsLock(log);
            }
        }
        await log.FlushedAsync(id);
    }

    /// <summary>Whether an event is kept for a subscription.</summary>
    public bool Holds(string uid, ulong offset)
    {
        lock (_lock)
        {
            Load_NeedsLock();
            return _byEvent.ContainsKey((uid, offset));
        }
    }

    /// <summary>The letters of a subscription, or of all, oldest first.</summary>
    public IReadOnlyList<DeadLetter> List(string? uid, int limit)
    {
        List<ulong> ids;
        lock (_lock)
        {
            Load_NeedsLock();
            ids = [.. _letters.Where(e => uid is null || e.Value.Uid == uid).Select(static e => e.Key).Take(limit)];
        }
        return [.. ids.Select(Find).OfType<DeadLetter>()];
    }

    /// <summary>One letter; null when it is not there.</summary>
    public DeadLetter? Find(ulong id)
    {
        DurableLog? log;
        lock (_lock)
        {
            Load_NeedsLock();
            if (!_letters.ContainsKey(id)) return null;
            log = _log;
        }
        using var reader = log!.Read(id);
        return reader.TryRead(out var record) && record.Sequence == id ? DeadLetterRecord.Read(id, record.Payload).Letter : null;
    }

    /// <summary>Takes a letter out; completes when that is on disk. False when it was not there.</summary>
    public async ValueTask<bool> RemoveAsync(ulong id, DeadLetterEnd end)
    {
        DurableLog log;
        ulong written;
        lock (_lock)
        {
            Load_NeedsLock();
            if (!_letters.ContainsKey(id)) return false;
            log = _log!;
            written = log.Append(DeadLetterRecord.WriteEnd(id, end));
            Take_NeedsLock(id);
        }
        await log.FlushedAsync(written);
        Truncate(log);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        DurableLog? log;
        lock (_lock) (log, _closed) = (_log, true);
        if (log is not null) await log.DisposeAsync();
    }

    private void Load_NeedsLock()
    {
        if (_log is null && exists) Open_NeedsLock();
    }

    private DurableLog Open_NeedsLock()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var log = open();
        using var reader = log.Read();
        while (reader.TryRead(out var record))
        {
            var (letter, ended, _) = DeadLetterRecord.Read(record.Sequence, record.Payload);
            if (letter is not null) Put_NeedsLock(record.Sequence, new(letter.Uid, letter.Offset, record.Payload.Length));
            else Take_NeedsLock(ended);
        }
        return _log = log;
    }

    private void Put_NeedsLock(ulong id, Entry entry)
    {
        _letters[id] = entry;
        _byEvent[(entry.Uid, entry.Offset)] = id;
        _bytes += entry.Bytes;
    }

    private void Take_NeedsLock(ulong id)
    {
        if (!_letters.Remove(id, out var entry)) return;
        _byEvent.Remove((entry.Uid, entry.Offset));
        _bytes -= entry.Bytes;
    }

    private void DropOldest_NeedsLock(DurableLog log)
    {
        var oldest = _letters.First().Key;
        log.Append(DeadLetterRecord.WriteEnd(oldest, DeadLetterEnd.Dropped));
        Count_NeedsLock(_letters[oldest].Uid);
        Take_NeedsLock(oldest);
    }

    private void Count_NeedsLock(string uid)
    {
        Dropped++;
        _untold ??= [];
        _untold[uid] = _untold.GetValueOrDefault(uid) + 1;
    }

    private void Truncate(DurableLog log)
    {
        ulong oldest;
        lock (_lock) oldest = _letters.Count > 0 ? _letters.First().Key : log.LastSequence;
        log.TruncateFront(oldest);
    }
}
