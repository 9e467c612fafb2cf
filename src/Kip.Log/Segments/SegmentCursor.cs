using Kip.Log.Format;

namespace Kip.Log.Segments;

/// <summary>What a <see cref="SegmentCursor"/> came upon.</summary>
internal enum CursorStep
{
    Record,
    Damage,
    End,
}

/// <summary>Walks the records of one segment and finds its way again after damage.</summary>
/// <remarks>
/// <see cref="Limit"/> is the last sequence that belongs to the segment; <see cref="Unknown"/> for the end of a log that is being recovered.
/// Bytes behind it (of a batch that was written anew elsewhere after its fsync had failed) are not looked at.
/// </remarks>
internal sealed class SegmentCursor(ReadWindow window, string name, uint seed, ulong next, long offset) : IDisposable
{
    internal const ulong Unknown = ulong.MaxValue;
    private const int ScanBytes = 64 << 10;

    /// <summary>The sequence of the record expected at <see cref="Offset"/>.</summary>
    internal ulong Next { get; private set; } = next;

    internal long Offset { get; private set; } = offset;

    internal ulong Limit { get; set; } = Unknown;

    internal ReadWindow Window => window;

    /// <summary>Everything up to this sequence is known to have been fsynced, going by the headers seen.</summary>
    internal ulong SyncedThrough { get; private set; }

    /// <summary>Whether the walk ended at a mark.</summary>
    internal bool AtMark { get; private set; }

    /// <summary>Whether that mark says that the log was closed.</summary>
    internal bool Closed { get; private set; }

    /// <summary>The record of the last step, its payload valid until the next.</summary>
    internal LogRecord Record { get; private set; }

    /// <summary>Where the record of the last step begins.</summary>
    internal long RecordOffset { get; private set; }

    /// <summary>The damage of the last step.</summary>
    internal DamagedRange Damage { get; private set; } = null!;

    internal CursorStep Step()
    {
        if (AtMark || (Limit != Unknown && Next > Limit))
        {
            return CursorStep.End;
        }

        if (Offset >= window.End)
        {
            return Limit == Unknown ? CursorStep.End : Lose(Limit, window.End, "records are missing");
        }

        if (!TryHeader(Offset, out var header))
        {
            return Resynchronise();
        }

        SyncedThrough = Math.Max(SyncedThrough, header.SyncedBefore);
        if (header.Sequence > Next)
        {
            return Lose(header.Sequence - 1, Offset, "records are missing");
        }

        return header.IsMark ? StepMark(header) : StepRecord(header);
    }

    public void Dispose() => window.Dispose();

    private CursorStep StepMark(RecordHeader mark)
    {
        (AtMark, Closed) = (true, mark.IsClosingMark);
        return Limit == Unknown ? CursorStep.End : Lose(Limit, window.End, "records are missing");
    }

    private CursorStep StepRecord(RecordHeader header)
    {
        var payload = window.Peek(Offset + RecordHeader.Bytes, header.Length);
        var after = Offset + RecordHeader.Bytes + header.Length;
        if (payload.Length < header.Length)
        {
            return Lose(Limit, window.End, "the record is cut off");
        }

        if (Crc32C.Add(seed, payload.Span) != header.PayloadCrc)
        {
            return Lose(Next, after, "the record's checksum is wrong");
        }

        Record = new(Next, payload);
        RecordOffset = Offset;
        Next++;
        Offset = after;
        return CursorStep.Record;
    }

    // Looks for the next place that can only be a header of this log: its checksum and a sequence that could come next.
    private CursorStep Resynchronise()
    {
        const string What = "a record header's checksum is wrong";
        for (var at = Offset + 1; at + RecordHeader.Bytes <= window.End;)
        {
            var bytes = window.Peek(at, ScanBytes).Span;
            for (var i = 0; i + RecordHeader.Bytes <= bytes.Length; i++, at++)
            {
                if (Plausible(RecordHeader.PeekSequence(bytes[i..]), at) && RecordHeader.TryRead(bytes[i..], seed, out var header))
                {
                    return Lose(header.Sequence - 1, at, What);
                }
            }
        }

        return Lose(Limit, window.End, What);
    }

    private bool TryHeader(long at, out RecordHeader header) =>
        RecordHeader.TryRead(window.Peek(at, RecordHeader.Bytes).Span, seed, out header) && Plausible(header.Sequence, at);

    private bool Plausible(ulong sequence, long at)
    {
        // As many records as the bytes between can hold, or, where the segment's last is known, a mark behind that.
        var most = Limit == Unknown ? Next + (ulong)((at - Offset) / RecordHeader.Bytes) : Limit + 1;
        return sequence >= Next && sequence <= most;
    }

    private CursorStep Lose(ulong last, long until, string what)
    {
        Damage = new(Next, last, name, Offset, until - Offset, what);
        Next = last == Unknown ? Next : last + 1;
        Offset = until;
        return CursorStep.Damage;
    }
}
