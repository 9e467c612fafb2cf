using Kip.Log.Files;
using Kip.Log.Segments;
using Microsoft.Extensions.Logging;

namespace Kip.Log;

// The write side: runs where LogOptions.RunFlush puts it, one call at a time.
public sealed partial class DurableLog
{
    // Writes batch after batch until nothing waits. Whatever is appended meanwhile is the next batch.
    private void Flush()
    {
        while (NextBatch() is { } batch)
        {
            if (!TryWrite(batch))
            {
                return;
            }
        }
    }

    private Batch? NextBatch()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return null;
            }

            if (TakeBatch_NeedsLock() is { } batch)
            {
                return batch;
            }
        }

        _tail.Mark(_durable + 1);
        lock (_lock)
        {
            // Something may have come while the mark was written; its appender saw that a flush was going on.
            var batch = TakeBatch_NeedsLock();
            _flushing = batch is not null;
            if (batch is null)
            {
                StartLazyTimer_NeedsLock();
            }

            return batch;
        }
    }

    // True when the caller has to run a flush. Otherwise one is running already, or the timer will start one.
    private bool StartFlush_NeedsLock()
    {
        if (_flushing)
        {
            return false;
        }

        if (_wanted)
        {
            return _flushing = true;
        }

        if (_pending.Count == 1)
        {
            StartLazyTimer_NeedsLock();
        }

        return false;
    }

    private void StartLazyTimer_NeedsLock()
    {
        if (_pending.Count > 0 && !_closed)
        {
            _lazy ??= _options.Time.CreateTimer(_ => FlushLazy(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _lazy.Change(_options.LazyFlush, Timeout.InfiniteTimeSpan);
        }
    }

    private void FlushLazy()
    {
        lock (_lock)
        {
            _wanted |= _pending.Count > 0;
            if (_ended || !_wanted || !StartFlush_NeedsLock())
            {
                return;
            }
        }

        _runFlush(_flush);
    }

    private Batch? TakeBatch_NeedsLock()
    {
        if (_writing is null && _wanted && _pending.Count > 0)
        {
            (_writing, _pending, _spare, _wanted) = (_pending, _spare ?? new(_wakesTogether), null, _options.LazyFlush <= TimeSpan.Zero || _closed);
        }

        return _writing;
    }

    private bool TryWrite(Batch batch)
    {
        try
        {
            var (segment, end) = _tail.Write(batch);
            Succeeded(batch, segment, end);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(batch, e);
            return false;
        }
    }

    private void Succeeded(Batch batch, Segment segment, long end)
    {
        TaskCompletionSource? grown;
        var done = batch.Done;
        bool recovered;
        lock (_lock)
        {
            if (_segments.Count == 0 || _segments[^1] != segment)
            {
                _segments.Add(segment);
            }

            segment.Note(batch.First, segment.End);
            segment.End = end;
            _durable = batch.Last;
            recovered = _failure is not null;
            _failure = null;
            _writing = null;
            batch.Reset();
            _spare = batch;
            (grown, _grown) = (_grown, null);
        }

        Tell(done, failure: null);
        grown?.SetResult();
        if (recovered)
        {
            WritesAgain(_files.Name);
        }
    }

    // Everything accepted stays, in order; everyone who waits is told. The batch is tried again later, or when the front was truncated.
    private void Failed(Batch batch, Exception error)
    {
        LogException failure = DiskFull.Is(error) ? new LogFullException(_files.Name, error) : new LogWriteException(_files.Name, error);
        TaskCompletionSource written, pending;
        bool first;
        lock (_lock)
        {
            first = _failure is null;
            _failure = failure;
            written = batch.TakeDone();
            pending = _pending.TakeDone();
            if (!_closed)
            {
                _retry?.Dispose();
                _retry = _options.Time.CreateTimer(_ => Retry(), null, _options.RetryAfter, Timeout.InfiniteTimeSpan);
            }
        }

        Tell(written, failure);
        Tell(pending, failure);
        if (first)
        {
            CannotWrite(failure, _files.Name);
        }
    }

    private void Retry()
    {
        lock (_lock)
        {
            if (_closed || _failure is null)
            {
                return;
            }
        }

        _runFlush(_flush);
    }

    private void Close(TaskCompletionSource closed)
    {
        try
        {
            Flush();
            if (_failure is null)
            {
                _tail.Close(_durable + 1);
            }
        }
        catch (IOException e)
        {
            // Only the seal can fail here, and without it the next opening is merely more careful.
            CannotWrite(e, _files.Name);
        }
        finally
        {
            _retry?.Dispose();
            _lazy?.Dispose();
            _tail.Dispose();
            _folderLock.Dispose();
            _thread?.Dispose();
            TaskCompletionSource? grown;
            lock (_lock)
            {
                (grown, _grown, _ended) = (_grown, null, true);
            }

            grown?.SetResult();
            if (_failure is null)
            {
                closed.SetResult();
            }
            else
            {
                closed.SetException(_failure);
            }
        }
    }

    private void Tell(TaskCompletionSource done, LogException? failure)
    {
        if (_wakesTogether)
        {
            // Not here: this thread has the next batch to write.
            ThreadPool.UnsafeQueueUserWorkItem(static told => Complete(told.done, told.failure), (done, failure), preferLocal: false);
            return;
        }

        Complete(done, failure);
    }

    private static void Complete(TaskCompletionSource done, LogException? failure)
    {
        if (failure is null)
        {
            done.SetResult();
            return;
        }

        done.SetException(failure);

        // Derived writes have no waiter; their failure is not an unobserved one, the log keeps the record.
        _ = done.Task.Exception;
    }

    [LoggerMessage(102, LogLevel.Error, "{Folder}: cannot write; what was acknowledged is safe, appends are refused until writing works again")]
    private partial void CannotWrite(Exception error, string folder);

    [LoggerMessage(103, LogLevel.Information, "{Folder}: writing works again")]
    private partial void WritesAgain(string folder);
}
