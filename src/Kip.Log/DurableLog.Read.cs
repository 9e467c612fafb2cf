using Kip.Log.Files;
using Kip.Log.Segments;

namespace Kip.Log;

// The read side and the front of the log.
public sealed partial class DurableLog
{
    /// <summary>Removes whole segments that hold only records before a sequence; the newest segment stays.</summary>
    /// <remarks>Oldest first, each removal durable before the next, so that no crash leaves a hole.</remarks>
    /// <exception cref="IOException">The disk refuses; what is left is whole.</exception>
    public void TruncateFront(ulong beforeSequence)
    {
        lock (_truncating)
        {
            while (true)
            {
                if (_removedUnsynced)
                {
                    _files.SyncNames();
                    _removedUnsynced = false;
                }

                if (TakeFront(beforeSequence) is not { } segment)
                {
                    break;
                }

                RemoveOrPutBack(segment);
            }
        }

        Retry();
    }

    /// <summary>Where a record lies and how much of its segment may be read; null when it is not on disk yet.</summary>
    internal SegmentView? ViewAt(ulong sequence)
    {
        lock (_lock)
        {
            if (sequence > _durable)
            {
                return null;
            }

            if (_segments.Count == 0 || sequence < _segments[0].First)
            {
                throw new LogTruncatedException(sequence, _segments.Count > 0 ? _segments[0].First : _durable + 1);
            }

            var at = _segments.Count - 1;
            while (_segments[at].First > sequence)
            {
                at--;
            }

            var limit = at + 1 < _segments.Count ? _segments[at + 1].First - 1 : _durable;
            return new(_segments[at], _segments[at].End, limit);
        }
    }

    /// <summary>The nearest known place at or before a record of a segment.</summary>
    internal (ulong Sequence, long Offset) Floor(Segment segment, ulong sequence)
    {
        lock (_lock)
        {
            return segment.Floor(sequence);
        }
    }

    internal ILogFile OpenSegment(Segment segment, ulong sequence)
    {
        try
        {
            return _files.Open(segment.Name);
        }
        catch (FileNotFoundException) when (FirstSequence > sequence)
        {
            // It was truncated between the look at the list and the opening.
            throw new LogTruncatedException(sequence, FirstSequence);
        }
    }

    /// <summary>Completes with true when a sequence is on disk, with false when the log is closed without it.</summary>
    internal async ValueTask<bool> ReachedAsync(ulong sequence, CancellationToken cancel)
    {
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                if (sequence <= _durable)
                {
                    return true;
                }

                if (_ended)
                {
                    return false;
                }

                _grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                grown = _grown.Task;
            }

            await grown.WaitAsync(cancel);
        }
    }

    /// <summary>Remembers damage that a reader came upon.</summary>
    internal void Note(DamagedRange range)
    {
        lock (_lock)
        {
            if (_damaged.Any(d => d.Segment == range.Segment && d.Offset == range.Offset))
            {
                return;
            }

            _damaged = _damaged.Add(range);
        }

        FoundDamage(_files.Name, range);
    }

    private void RemoveOrPutBack(Segment segment)
    {
        try
        {
            _files.Delete(segment.Name);
            _removedUnsynced = true;
        }
        catch
        {
            // It is still the log's front: were it forgotten and the next one removed, there would be a hole.
            lock (_lock)
            {
                _segments.Insert(0, segment);
            }

            throw;
        }
    }

    private Segment? TakeFront(ulong before)
    {
        lock (_lock)
        {
            if (_segments.Count < 2 || _segments[1].First > before)
            {
                return null;
            }

            var segment = _segments[0];
            _segments.RemoveAt(0);
            return segment;
        }
    }
}
