using System.Collections.Immutable;
using Kip.Log.Files;
using Kip.Log.Format;
using Kip.Log.Segments;
using Microsoft.Extensions.Logging;

namespace Kip.Log;

/// <summary>An append-only log on disk: what it has acknowledged survives a power cut. Safe for use by many threads.</summary>
/// <remarks>
/// An append takes its place in the order at once and is written soon after; <see cref="FlushedAsync"/> says when it is on disk. All
/// that arrives while one batch is being written makes up the next one: many waiters, one fsync.
/// A record that nobody waits for goes along with the next that is waited for, or after <see cref="LogOptions.LazyFlush"/>.
/// When the disk refuses, waiters are told, new appends are refused, and what was accepted stays in memory, in order, until it can be
/// written: an append whose waiter saw an error may still take effect.
/// </remarks>
public sealed partial class DurableLog : IAsyncDisposable
{
    // As much as may lie in memory without anybody waiting for it.
    private const int MaxLazyBytes = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Lock _truncating = new();
    private readonly ILogFiles _files;
    private readonly LogOptions _options;
    private readonly ILogger _logger;
    private readonly IDisposable _folderLock;
    private readonly FlushThread? _thread;
    private readonly Action<Action> _runFlush;
    private readonly Action _flush;
    private readonly bool _wakesTogether;
    private readonly Tail _tail;
    private readonly uint _seed;
    private readonly List<Segment> _segments;
    private ImmutableArray<DamagedRange> _damaged;
    private Batch _pending;
    private Batch? _writing;
    private Batch? _spare;
    private ulong _next;
    private ulong _durable;
    private bool _removedUnsynced;
    private bool _wanted;
    private bool _flushing;
    private bool _closed;
    private bool _ended;
    private LogException? _failure;
    private ITimer? _retry;
    private ITimer? _lazy;
    private TaskCompletionSource? _grown;

    private DurableLog(LogOptions options, ILogFiles files, IDisposable folderLock)
    {
        (_options, _files, _folderLock, _logger) = (options, files, folderLock, options.Logger);
        _wakesTogether = options.WakesTogether && options.RunFlush is null;
        (_pending, _spare) = (new(_wakesTogether), new(_wakesTogether));
        var recovery = new Recovery(files, options);
        _tail = recovery.Run();
        _seed = _tail.Seed;
        _segments = [.. recovery.Segments];
        _next = recovery.Next;
        _durable = _next - 1;
        Recovered = recovery.Report;
        _damaged = Recovered.Damaged;
        _thread = options.RunFlush is null ? new FlushThread("kip log") : null;
        _runFlush = options.RunFlush ?? _thread!.Post;
        _flush = Flush;
    }

    /// <summary>Opens the log in a folder, making it if there is none, and repairs what a crash left behind.</summary>
    /// <exception cref="LogVersionException">A newer Kip wrote it; nothing was changed.</exception>
    /// <exception cref="LogInUseException">Another process has it open.</exception>
    /// <exception cref="IOException">The disk cannot be read, or a torn end cannot be cut.</exception>
    public static DurableLog Open(string folder, LogOptions? options = null) => Open(new DirectoryFiles(folder), options);

    /// <inheritdoc cref="Open(string, LogOptions?)"/>
    public static DurableLog Open(ILogFiles files, LogOptions? options = null)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxRecordBytes, options.MaxUnflushedBytes - RecordHeader.Bytes);
        var folderLock = files.Lock();
        try
        {
            var log = new DurableLog(options, files, folderLock);
            log.LogRecovery();
            return log;
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>What opening found.</summary>
    public RecoveryReport Recovered { get; }

    /// <summary>All damage known: found when opening, or by a reader since.</summary>
    public ImmutableArray<DamagedRange> Damaged
    {
        get
        {
            lock (_lock)
            {
                return _damaged;
            }
        }
    }

    /// <summary>The oldest record kept; the next to come when there is none.</summary>
    public ulong FirstSequence
    {
        get
        {
            lock (_lock)
            {
                return _segments.Count > 0 ? _segments[0].First : _durable + 1;
            }
        }
    }

    /// <summary>The newest record accepted, on disk or not; 0 when there has been none.</summary>
    public ulong LastSequence
    {
        get
        {
            lock (_lock)
            {
                return _next - 1;
            }
        }
    }

    /// <summary>The newest record on disk.</summary>
    public ulong DurableSequence
    {
        get
        {
            lock (_lock)
            {
                return _durable;
            }
        }
    }

    /// <summary>Takes a record into the order and returns its sequence without waiting for the disk.</summary>
    /// <remarks>Records reach the disk in the order of their sequences; none without all before it.</remarks>
    /// <exception cref="RecordTooLargeException">It is over <see cref="LogOptions.MaxRecordBytes"/>.</exception>
    /// <exception cref="LogBusyException">Too much waits for the disk; nothing was taken.</exception>
    /// <exception cref="LogFullException">The disk is full; nothing was taken.</exception>
    /// <exception cref="LogWriteException">The disk fails; nothing was taken.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public ulong Append(ReadOnlySpan<byte> record) => Append(record, default);

    /// <summary>As <see cref="Append(ReadOnlySpan{byte})"/>, for a record that lies in two pieces.</summary>
    public ulong Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var bytes = (long)head.Length + body.Length;
        if (bytes > _options.MaxRecordBytes)
        {
            throw new RecordTooLargeException(bytes, _options.MaxRecordBytes);
        }

        var crc = Crc32C.AddBoth(_seed, head, body);
        ulong sequence;
        lock (_lock)
        {
            RefuseIfUnable_NeedsLock(bytes + RecordHeader.Bytes);
            sequence = _next++;
            _pending.Add(sequence, _seed, crc, head, body);
            _wanted |= _options.LazyFlush <= TimeSpan.Zero || _pending.Bytes.Length >= MaxLazyBytes;
            if (!StartFlush_NeedsLock())
            {
                return sequence;
            }
        }

        _runFlush(_flush);
        return sequence;
    }

    /// <summary>Completes when the record with this sequence, and so all before it, is on disk.</summary>
    /// <param name="cancel">Ends the waiting; the record stays.</param>
    /// <exception cref="LogFullException">The disk is full; the record is kept in memory and may still be written.</exception>
    /// <exception cref="LogWriteException">The disk fails; the record is kept in memory and may still be written.</exception>
    public ValueTask FlushedAsync(ulong sequence, CancellationToken cancel = default)
    {
        Task done;
        bool start;
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, _next);
            if (sequence <= _durable)
            {
                return default;
            }

            if (_failure is not null)
            {
                return ValueTask.FromException(_failure);
            }

            var batch = _writing is not null && sequence <= _writing.Last ? _writing : _pending;
            _wanted |= batch == _pending;
            done = batch.Done.Task;
            start = StartFlush_NeedsLock();
        }

        if (start)
        {
            _runFlush(_flush);
        }

        return new(cancel.CanBeCanceled ? done.WaitAsync(cancel) : done);
    }

    /// <summary>Appends and waits until the record is on disk.</summary>
    /// <inheritdoc cref="Append(ReadOnlySpan{byte})" path="/exception"/>
    public async ValueTask<ulong> AppendDurableAsync(ReadOnlyMemory<byte> record, CancellationToken cancel = default)
    {
        var sequence = Append(record.Span);
        await FlushedAsync(sequence, cancel);
        return sequence;
    }

    /// <summary>A reader that begins at a sequence, by default at the oldest record kept.</summary>
    /// <exception cref="LogTruncatedException">That record was removed from the front.</exception>
    public LogReader Read(ulong from = 0)
    {
        var first = FirstSequence;
        if (from > 0 && from < first)
        {
            throw new LogTruncatedException(from, first);
        }

        return new LogReader(this, from == 0 ? first : from);
    }

    /// <summary>Writes what was accepted, marks the log as closed in an orderly way, and lets the folder go.</summary>
    /// <exception cref="LogException">The disk refused: what was accepted but never acknowledged is lost.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _wanted = true;
        }

        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _runFlush(() => Close(closed));
        await closed.Task;
    }

    private void RefuseIfUnable_NeedsLock(long bytes)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_failure is not null)
        {
            throw _failure is LogFullException ? new LogFullException(_files.Name, _failure.InnerException!)
                : new LogWriteException(_files.Name, _failure.InnerException!);
        }

        if (_pending.Bytes.Length + (_writing?.Bytes.Length ?? 0) + bytes > _options.MaxUnflushedBytes)
        {
            throw new LogBusyException(_files.Name, _options.MaxUnflushedBytes);
        }
    }

    private void LogRecovery()
    {
        if (Recovered.TornBytes > 0)
        {
            CutTornEnd(_files.Name, Recovered.TornBytes, Recovered.TornRecords);
        }

        foreach (var range in Recovered.Damaged)
        {
            FoundDamage(_files.Name, range);
        }
    }

    [LoggerMessage(100, LogLevel.Information, "{Folder}: cut {Bytes} bytes ({Records} whole records) of a write that was never acknowledged")]
    private partial void CutTornEnd(string folder, long bytes, long records);

    [LoggerMessage(101, LogLevel.Error, "{Folder} is damaged: {Range}")]
    private partial void FoundDamage(string folder, DamagedRange range);
}
