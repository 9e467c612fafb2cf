using System.Runtime.CompilerServices;
using Kip.Log.Files;
using Kip.Log.Segments;

namespace Kip.Log;

/// <summary>Reads records in order and follows the log as it grows. For one reader at a time.</summary>
/// <remarks>
/// Sees only what is on disk. A damaged record is left out (the next one's sequence shows it) and noted in <see cref="DurableLog.Damaged"/>.
/// Reads block on the disk, not on writers.
/// </remarks>
public sealed class LogReader : IDisposable
{
    private readonly DurableLog _log;
    private SegmentCursor? _cursor;
    private Segment? _segment;

    internal LogReader(DurableLog log, ulong next) => (_log, Next) = (log, next);

    /// <summary>The sequence that is read next.</summary>
    public ulong Next { get; private set; }

    /// <summary>Gives the next record, if there is one on disk. Its payload is valid until the reader is used again.</summary>
    /// <exception cref="LogTruncatedException">The record was removed from the front.</exception>
    public bool TryRead(out LogRecord record)
    {
        while (Position())
        {
            switch (_cursor!.Step())
            {
                case CursorStep.Record:
                    record = _cursor.Record;
                    Next = record.Sequence + 1;
                    return true;
                case CursorStep.Damage:
                    _log.Note(_cursor.Damage);
                    Next = Math.Max(Next, _cursor.Next);
                    break;
                default:
                    Next = Math.Max(Next, _cursor.Limit + 1);
                    break;
            }
        }

        _cursor?.Window.Release();
        record = default;
        return false;
    }

    /// <summary>Waits until there is something to read; false when the log is closed and all of it was read.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancel = default) => _log.ReachedAsync(Next, cancel);

    /// <summary>All records from here on, for ever; ends when the log is closed.</summary>
    public async IAsyncEnumerable<LogRecord> FollowAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        while (await WaitToReadAsync(cancel))
        {
            while (TryRead(out var record))
            {
                yield return record;
            }
        }
    }

    public void Dispose()
    {
        _cursor?.Dispose();
        _cursor = null;
    }

    // Puts the cursor at Next, or says that there is nothing durable there yet.
    private bool Position()
    {
        while (true)
        {
            // A step within what is known already needs no look at the log.
            if (_cursor is not null && _cursor.Next == Next && Next <= _cursor.Limit)
            {
                return true;
            }

            if (_log.ViewAt(Next) is not { } view)
            {
                return false;
            }

            if (view.Segment != _segment || _cursor is null)
            {
                Open(view);
            }

            _cursor!.Limit = view.Limit;
            _cursor.Window.End = view.End;
            SkipTo();
        }
    }

    private void Open(SegmentView view)
    {
        _cursor?.Dispose();
        _cursor = null;
        var floor = _log.Floor(view.Segment, Next);
        var file = _log.OpenSegment(view.Segment, Next);
        _cursor = new SegmentCursor(new ReadWindow(file, view.End), view.Segment.Name, view.Segment.Seed, floor.Sequence, floor.Offset);
        _segment = view.Segment;
    }

    private void SkipTo()
    {
        while (_cursor!.Next < Next)
        {
            var step = _cursor.Step();
            if (step == CursorStep.Damage)
            {
                _log.Note(_cursor.Damage);
            }
            else if (step == CursorStep.End)
            {
                break;
            }
        }

        Next = Math.Max(Next, _cursor.Next);
    }
}

/// <summary>What a reader may see of a segment at one moment.</summary>
internal readonly record struct SegmentView(Segment Segment, long End, ulong Limit);
