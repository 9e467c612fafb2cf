namespace Kip.Rules.Eventing.Retention;

/// <summary>How long, and how much, an event log keeps.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Events older than this are removed once no subscription needs them.</summary>
    /// <value>7 days.</value>
    public TimeSpan Time { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The log's size in bytes beyond which its oldest events are removed.</summary>
    /// <value>1 GiB.</value>
    public long Bytes { get; init; } = 1L << 30;

    /// <summary>What gives way when the log has its full size and a subscription has not finished its oldest events.</summary>
    /// <value><see cref="WhenFull.DropOldest"/>.</value>
    public WhenFull WhenFull { get; init; }

    /// <summary>The size of the pieces in which events are removed.</summary>
    public long SegmentBytes => Math.Clamp(Bytes / 8, 1 << 20, 64 << 20);
}

/// <summary>Who loses when an event log is full of events that are still needed.</summary>
public enum WhenFull
{
    /// <summary>The oldest events are removed, and counted as expired for each subscription that had not finished them.</summary>
    DropOldest,

    /// <summary>New events are refused with 429 until there is room.</summary>
    Refuse,
}

/// <summary>One piece of an event log.</summary>
/// <param name="First">The offset of its first event.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="FirstArrival">When its first event came.</param>
public readonly record struct LogPiece(ulong First, long Bytes, DateTimeOffset FirstArrival);

/// <summary>What an event log removes, and when it takes no more.</summary>
public static class RetentionRule
{
    /// <summary>The offset before which everything is to be removed; a piece is removed as a whole, and the newest stays.</summary>
    /// <param name="pieces">The log's pieces, oldest first.</param>
    /// <param name="oldestNeeded">The oldest offset that a subscription has not finished; the end of the log when there is none.</param>
    public static ulong RemoveBefore(ReadOnlySpan<LogPiece> pieces, ulong oldestNeeded, RetentionPolicy policy, DateTimeOffset now)
    {
        if (pieces.IsEmpty) return 0;
        var bytes = Total(pieces);
        var at = 0;
        for (; at + 1 < pieces.Length; at++)
        {
            // All of a piece is as old as the first event of the next.
            var next = pieces[at + 1];
            var isNeeded = oldestNeeded < next.First;
            var isOver = bytes > policy.Bytes;
            var isOld = next.FirstArrival < now - policy.Time;
            if (isNeeded ? !isOver || policy.WhenFull == WhenFull.Refuse : !isOver && !isOld) break;
            bytes -= pieces[at].Bytes;
        }
        return pieces[at].First;
    }

    /// <summary>Whether a new event must be refused because the log is full of events that are still needed.</summary>
    public static bool MustRefuse(ReadOnlySpan<LogPiece> pieces, ulong oldestNeeded, RetentionPolicy policy) =>
        policy.WhenFull == WhenFull.Refuse && Total(pieces) > policy.Bytes && (pieces.Length < 2 || oldestNeeded < pieces[1].First);

    private static long Total(ReadOnlySpan<LogPiece> pieces)
    {
        var bytes = 0L;
        foreach (var piece in pieces) bytes += piece.Bytes;
        return bytes;
    }
}
