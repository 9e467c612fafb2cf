using System.Collections.Immutable;
using System.Globalization;

namespace Kip.Log;

/// <summary>What opening a log found.</summary>
public sealed record RecoveryReport
{
    /// <summary>The oldest record kept; 1 when the log is new.</summary>
    public ulong First { get; init; } = 1;

    /// <summary>The newest record kept; <see cref="First"/> − 1 when there is none.</summary>
    public ulong Last { get; init; }

    /// <summary>Bytes cut from the end: a write that was under way and had not been acknowledged.</summary>
    public long TornBytes { get; init; }

    /// <summary>Whole records among <see cref="TornBytes"/>: they came after a torn one of the same unacknowledged batch.</summary>
    public long TornRecords { get; init; }

    /// <summary>What is damaged and was left as it is; everything else is served.</summary>
    public ImmutableArray<DamagedRange> Damaged { get; init; } = [];

    /// <summary>
    /// True if the log was closed in an orderly way, or is new: then every record ever accepted is here. If false, the newest of those that
    /// nobody had waited for may be missing, and their sequences are given out again.
    /// </summary>
    public bool Clean { get; init; }
}

/// <summary>A damaged piece of a segment.</summary>
/// <param name="First">The first record lost.</param>
/// <param name="Last">The last record lost; <paramref name="First"/> − 1 when none is, only something kept twice.</param>
/// <param name="Segment">The file's name.</param>
/// <param name="Offset">Where in the file the damage begins.</param>
/// <param name="Bytes">How far it reaches.</param>
/// <param name="What">What is wrong, for a person.</param>
public sealed record DamagedRange(ulong First, ulong Last, string Segment, long Offset, long Bytes, string What)
{
    /// <summary>How many records are lost.</summary>
    public ulong Records => Last + 1 - First;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Segment} at {Offset} ({Bytes} bytes): {What}; {(Records == 0 ? "no record lost" : $"records {First} to {Last} lost")}");
}
