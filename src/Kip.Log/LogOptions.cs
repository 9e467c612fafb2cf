using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Log;

/// <summary>How a log behaves; the defaults fit the resource store and the event log.</summary>
public sealed record LogOptions
{
    /// <summary>A segment that has reached this size is followed by a new one; a batch is never divided, so it may be exceeded by one.</summary>
    /// <value>64 MiB.</value>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>The largest record taken; a larger one is refused with <see cref="RecordTooLargeException"/>.</summary>
    /// <value>8 MiB.</value>
    public int MaxRecordBytes { get; init; } = 8 << 20;

    /// <summary>How much may wait for the disk; beyond it appends are refused with <see cref="LogBusyException"/>.</summary>
    /// <value>32 MiB.</value>
    public int MaxUnflushedBytes { get; init; } = 32 << 20;

    /// <summary>Whether opening reads every segment for damage; if not, an old segment's damage is found and reported when it is read.</summary>
    /// <value>True. The last segment is always read.</value>
    public bool VerifyAll { get; init; } = true;

    /// <summary>How long a record that nobody waits for may stay in memory before it is written; it goes along with any that is waited for.</summary>
    /// <value>25 ms. Zero: it is written at once.</value>
    public TimeSpan LazyFlush { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How long to wait after a failed write before it is tried again.</summary>
    /// <value>500 ms.</value>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The clock behind <see cref="LazyFlush"/> and <see cref="RetryAfter"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Runs the log's disk work: the actions given to it, one at a time, in order, any time later (or at once).</summary>
    /// <value>Null: a thread of the log's own, because fsync blocks for longer than a pool thread should.</value>
    public Action<Action>? RunFlush { get; init; }

    /// <summary>
    /// Whether all who wait for one batch go on one after the other, on one thread of the pool. For waiters that have little left to do and never block:
    /// waking a thread for each would cost more than what it then does.
    /// </summary>
    /// <value>False: each goes on by itself. Has no effect where <see cref="RunFlush"/> is set.</value>
    public bool WakesTogether { get; init; }

    /// <summary>A new log's random identity, mixed into every checksum so that no record's content can pass for a record.</summary>
    public Func<ulong> NewIdentity { get; init; } = static () => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
