namespace Kip.Log.Segments;

/// <summary>What a walk over the last segment says about where the log ends.</summary>
/// <remarks>
/// Records up to <see cref="SyncedThrough"/> were acknowledged: where one of them is bad, that is damage; it is reported, and what follows is
/// kept. After that, the first bad place is where a write was torn: the log ends there, since a record must not outlive the ones before it.
/// </remarks>
internal sealed record LastSegmentWalk(
    ulong Next, long End, ulong SyncedThrough, bool AtMark, bool Closed, long TornRecords, IReadOnlyList<DamagedRange> Damaged)
{
    /// <summary>Walks to the end and disposes the cursor.</summary>
    internal static LastSegmentWalk Of(SegmentCursor cursor, Segment segment)
    {
        using var walked = cursor;
        var bad = new List<(DamagedRange Range, long RecordsBefore)>();
        var records = 0L;
        for (var step = cursor.Step(); step != CursorStep.End; step = cursor.Step())
        {
            if (step == CursorStep.Damage)
            {
                bad.Add((cursor.Damage, records));
                continue;
            }

            records++;
            segment.Note(cursor.Record.Sequence, cursor.RecordOffset);
        }

        var synced = cursor.SyncedThrough;
        var cut = bad.FindIndex(b => b.Range.Last > synced);
        if (cut < 0)
        {
            return new(cursor.Next, cursor.Offset, synced, cursor.AtMark, cursor.Closed, 0, [.. bad.Select(b => b.Range)]);
        }

        var (torn, before) = bad[cut];
        var damaged = bad.Take(cut).Select(b => b.Range).ToList();
        if (torn.First <= synced)
        {
            damaged.Add(torn with { Last = synced });
        }

        return new(Math.Max(torn.First, synced + 1), torn.Offset, synced, false, false, records - before, damaged);
    }
}
