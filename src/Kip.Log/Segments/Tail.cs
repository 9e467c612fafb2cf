using Kip.Log.Files;
using Kip.Log.Format;

namespace Kip.Log.Segments;

/// <summary>The end of the log, where batches are written. Used by one thread at a time.</summary>
/// <remarks>
/// The floor: one write and one fdatasync per batch. A new segment costs a create, a header's write and the folder's fsync more.
/// </remarks>
internal sealed class Tail(ILogFiles files, ulong identity, long segmentBytes) : IDisposable
{
    private ILogFile? _file;
    private Segment? _segment;
    private long _end;
    private bool _nameSynced;
    private bool _distrusted;
    private bool _marked;

    internal uint Seed { get; } = Crc32C.Seed(identity);

    /// <summary>Goes on in a segment that recovery has found good up to an offset.</summary>
    internal void Continue(ILogFile file, Segment segment, bool marked)
    {
        (_file, _segment, _end, _nameSynced, _marked) = (file, segment, segment.End, true, marked);
    }

    /// <summary>Writes a batch and returns when it is on disk. After an exception the same batch must be given again.</summary>
    /// <returns>The segment it went to and the offset where it ends.</returns>
    internal (Segment Segment, long End) Write(Batch batch)
    {
        if (_file is null || _distrusted || _end >= segmentBytes)
        {
            StartSegment(batch.First);
        }

        var file = _file!;
        _marked = false;
        file.Write(batch.Bytes, _end);
        try
        {
            file.Sync();
            SyncName();
        }
        catch
        {
            // The kernel reports a failed write-back once and may drop the pages: a second fsync that succeeds proves nothing.
            // The batch is still in memory; it will be written anew, to another file.
            _distrusted = true;
            throw;
        }

        _end += batch.Bytes.Length;
        return (_segment!, _end);
    }

    /// <summary>Notes behind the last record that all of it is on disk, so that damage can be told from a torn write.</summary>
    /// <remarks>Costs no fsync, and nothing depends on it: a failure is of no consequence.</remarks>
    internal void Mark(ulong next)
    {
        if (_file is null || _distrusted || _marked)
        {
            return;
        }

        try
        {
            WriteMark(next, closing: false);
        }
        catch (IOException)
        {
            // Without the mark the next recovery is merely more careful with the last batch.
        }
    }

    /// <summary>Notes, durably, that all that was accepted is here.</summary>
    internal void Close(ulong next) => WriteMarkDurably(next, closing: true);

    /// <summary>Takes back what <see cref="Close"/> noted, durably, before anything new is accepted.</summary>
    internal void Reopen(ulong next) => WriteMarkDurably(next, closing: false);

    public void Dispose() => _file?.Dispose();

    private void WriteMarkDurably(ulong next, bool closing)
    {
        if (_file is null || _distrusted)
        {
            return;
        }

        WriteMark(next, closing);
        _file.Sync();
    }

    private void WriteMark(ulong next, bool closing)
    {
        Span<byte> mark = stackalloc byte[RecordHeader.Bytes];
        RecordHeader.Mark(next, closing).Write(mark, Seed);
        _file!.Write(mark, _end);
        _marked = true;
    }

    private void StartSegment(ulong first)
    {
        DropMark();
        _file?.Dispose();
        _file = null;
        var name = SegmentName.For(first);
        if (files.List().Contains(name))
        {
            // An attempt that failed before anything in it was acknowledged: its records are all in memory.
            files.Delete(name);
        }

        var file = files.Create(name);
        (_file, _distrusted, _nameSynced, _end) = (file, true, false, SegmentHeader.Bytes);
        file.Write(SegmentHeader.Make(first, identity), 0);
        _segment = new Segment(name, first, Seed) { End = SegmentHeader.Bytes };
        _distrusted = false;
    }

    // A mark is overwritten by the next batch; if that goes to another segment it is cut, so that a full segment holds records only.
    private void DropMark()
    {
        if (!_marked || _distrusted)
        {
            return;
        }

        _file!.Truncate(_end);
        _marked = false;
    }

    private void SyncName()
    {
        if (!_nameSynced)
        {
            files.SyncNames();
            _nameSynced = true;
        }
    }
}
