using System.Collections.Immutable;
using Kip.Log.Files;
using Kip.Log.Format;

namespace Kip.Log.Segments;

/// <summary>Brings a folder of segments back to a log: keeps every acknowledged record, cuts a torn end, reports damage.</summary>
internal sealed class Recovery(ILogFiles files, LogOptions options)
{
    private readonly List<Segment> _segments = [];
    private readonly ImmutableArray<DamagedRange>.Builder _damaged = ImmutableArray.CreateBuilder<DamagedRange>();

    internal IReadOnlyList<Segment> Segments => _segments;

    internal ulong Identity { get; private set; }

    /// <summary>The sequence of the next record.</summary>
    internal ulong Next { get; private set; } = 1;

    internal RecoveryReport Report { get; private set; } = new() { Clean = true };

    /// <summary>Opens the last segment for writing, or leaves the tail to start one.</summary>
    internal Tail Run()
    {
        var found = ReadHeaders();
        Identity = found.FirstOrDefault(f => f.Header is not null).Header?.Identity ?? options.NewIdentity();
        var readable = found.Any(f => f.Header is not null);
        var blank = 0L;
        if (!readable)
        {
            blank = SetAside(found);
            found = [];
        }

        var tail = new Tail(files, Identity, options.SegmentBytes);
        for (var i = 0; i + 1 < found.Count; i++)
        {
            AddFull(found[i], found[i + 1].First - 1);
        }

        var torn = found.Count > 0 ? RecoverLast(found[^1], tail) : default;
        Report = new RecoveryReport
        {
            First = _segments.Count > 0 ? _segments[0].First : Next,
            Last = Next - 1,
            TornBytes = torn.Bytes + blank,
            TornRecords = torn.Records,
            Damaged = _damaged.ToImmutable(),
            Clean = found.Count == 0 ? blank == 0 : torn.Clean,
        };
        return tail;
    }

    private readonly record struct Found(ulong First, string Name, SegmentHeader? Header, bool Whole, bool Blank, long Length);

    private readonly record struct Torn(long Bytes, long Records, bool Clean);

    private List<Found> ReadHeaders()
    {
        var found = new List<Found>();
        foreach (var name in files.List())
        {
            if (!SegmentName.TryParse(name, out var first))
            {
                continue;
            }

            found.Add(ReadHeader(name, first));
        }

        found.Sort((a, b) => a.First.CompareTo(b.First));
        return found;
    }

    private Found ReadHeader(string name, ulong first)
    {
        using var file = files.Open(name);
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        var blank = false;
        try
        {
            bytes = bytes[..file.Read(bytes, 0)];
            blank = !bytes.ContainsAnyExcept((byte)0);
        }
        catch (IOException)
        {
            // Unreadable is damage, not the blank that a torn write leaves.
            bytes = default;
        }

        var header = SegmentHeader.Read(bytes, out var whole);
        return header is { Version: > SegmentHeader.KnownVersion } newer
            ? throw new LogVersionException(Path.Combine(files.Name, name), newer.Version, SegmentHeader.KnownVersion)
            : new(first, name, header, whole, blank, file.Length);
    }

    // Without one good header nothing can be checked. If the header never reached the disk, nothing in the segment was acknowledged.
    // Anything else is kept under another name, for a person to look at. Gives the bytes that were torn.
    private long SetAside(List<Found> found)
    {
        var torn = 0L;
        foreach (var segment in found)
        {
            Next = segment.First;
            if (segment.Blank || segment.Length <= SegmentHeader.Bytes)
            {
                files.Delete(segment.Name);
                torn += segment.Length;
                continue;
            }

            files.Rename(segment.Name, segment.Name + ".unreadable");
            _damaged.Add(new(segment.First, segment.First - 1, segment.Name, 0, segment.Length,
                $"no header can be read; set aside as {segment.Name}.unreadable, the number of records in it is not known"));
        }

        if (found.Count > 0)
        {
            files.SyncNames();
        }

        return torn;
    }

    private Segment Add(Found found)
    {
        var identity = found.Header?.Identity ?? Identity;
        var segment = new Segment(found.Name, found.First, Crc32C.Seed(identity)) { End = found.Length };
        _segments.Add(segment);
        if (!found.Whole)
        {
            _damaged.Add(new(found.First, found.First - 1, found.Name, 0, SegmentHeader.Bytes, "a copy of the segment's header is damaged"));
        }

        return segment;
    }

    // A segment that has a follower was on disk, all of it up to the follower's first record, before the follower was made.
    private void AddFull(Found found, ulong limit)
    {
        var segment = Add(found);
        if (!options.VerifyAll)
        {
            return;
        }

        using var cursor = Cursor(segment);
        cursor.Limit = limit;
        for (var step = cursor.Step(); step != CursorStep.End; step = cursor.Step())
        {
            if (step == CursorStep.Damage)
            {
                _damaged.Add(cursor.Damage);
            }
            else
            {
                segment.Note(cursor.Record.Sequence, cursor.RecordOffset);
            }
        }
    }

    private SegmentCursor Cursor(Segment segment) =>
        new(new ReadWindow(files.Open(segment.Name), segment.End), segment.Name, segment.Seed, segment.First, SegmentHeader.Bytes);

    private Torn RecoverLast(Found found, Tail tail)
    {
        var segment = Add(found);
        var walk = LastSegmentWalk.Of(Cursor(segment), segment);
        foreach (var range in walk.Damaged)
        {
            _damaged.Add(range);
        }

        Next = walk.Next;
        segment.ForgetFrom(walk.End);
        segment.End = walk.End;
        if (Next == segment.First)
        {
            // Nothing in it was ever acknowledged: it was being started. The tail starts it again.
            _segments.Remove(segment);
            _damaged.RemoveAll(d => d.Segment == segment.Name);
            files.Delete(segment.Name);
            return new(Math.Max(0, found.Length - SegmentHeader.Bytes), walk.TornRecords, false);
        }

        GoOn(found, segment, walk, tail);
        return new(walk.AtMark ? 0 : found.Length - walk.End, walk.TornRecords, walk.Closed);
    }

    private void GoOn(Found found, Segment segment, LastSegmentWalk walk, Tail tail)
    {
        var file = files.Open(segment.Name);
        try
        {
            if (!walk.AtMark)
            {
                MakeDurable(file, found, segment, walk);
            }

            if (!walk.AtMark && walk.Damaged.Any(d => d.Last == walk.Next - 1))
            {
                // The records lost were the last: the next one begins a segment, whose name says how far this one went.
                file.Dispose();
                return;
            }

            tail.Continue(file, segment, walk.AtMark);
            if (walk.Closed)
            {
                tail.Reopen(Next);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // The process that wrote the last batch did not live to see it synced, or its fsync failed: then the pages may be in memory only and
    // count as clean. So they are written again before they are synced and served.
    private void MakeDurable(ILogFile file, Found found, Segment segment, LastSegmentWalk walk)
    {
        if (found.Length > walk.End)
        {
            file.Truncate(walk.End);
        }

        var from = segment.Floor(walk.SyncedThrough + 1).Offset;
        using (var window = new ReadWindow(files.Open(segment.Name), walk.End))
        {
            const int Piece = 64 << 10;
            for (var at = from; at < walk.End; at += Piece)
            {
                file.Write(window.Peek(at, Piece).Span, at);
            }
        }

        file.Sync();
        files.SyncNames();
    }
}
