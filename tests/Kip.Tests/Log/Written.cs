using Kip.Log;
using Kip.Log.Files;
using Kip.Testing.Log;

namespace Kip.Tests.Log;

/// <summary>Records whose content follows from their number, so that what comes back can be checked without remembering it.</summary>
internal static class Written
{
    internal static byte[] Payload(ulong sequence, int size = -1)
    {
        var bytes = new byte[size >= 0 ? size : (int)(sequence * 7919 % 61)];
        new Random((int)sequence).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Content that often spans several sectors, so that a power cut tears batches in their middle.</summary>
    internal static byte[] Large(ulong sequence) => Payload(sequence, (int)(sequence * 7919 % 1500));

    /// <summary>All that can be read, checked against what was written.</summary>
    internal static List<ulong> All(DurableLog log, ulong from = 0, Func<ulong, byte[]>? payload = null)
    {
        payload ??= static sequence => Payload(sequence);
        using var reader = log.Read(from);
        var seen = new List<ulong>();
        while (reader.TryRead(out var record))
        {
            if (!record.Payload.Span.SequenceEqual(payload(record.Sequence)))
            {
                throw new InvalidOperationException($"record {record.Sequence} is not what was written");
            }

            seen.Add(record.Sequence);
        }

        return seen;
    }

    internal static IEnumerable<ulong> Range(ulong first, ulong last)
    {
        for (var sequence = first; sequence <= last; sequence++)
        {
            yield return sequence;
        }
    }

    /// <summary>Options for a log whose disk work is done on the spot.</summary>
    internal static LogOptions Inline(long segmentBytes = 1 << 20) => new()
    {
        RunFlush = static work => work(),
        SegmentBytes = segmentBytes,
        LazyFlush = TimeSpan.Zero,
        NewIdentity = static () => 0x1122334455667788,
    };

    /// <summary>Appends the next few records.</summary>
    internal static void Append(DurableLog log, int count)
    {
        for (var i = 0; i < count; i++)
        {
            log.Append(Payload(log.LastSequence + 1));
        }
    }

    /// <summary>Opens, reads all and closes.</summary>
    internal static async Task<(RecoveryReport Report, List<ulong> Records)> Reopen(ILogFiles files, LogOptions? options = null)
    {
        await using var log = DurableLog.Open(files, options ?? Inline());
        return (log.Recovered, All(log));
    }

    /// <summary>Opens with the disk work held back.</summary>
    internal static (DurableLog Log, ManualFlush Flush) OpenHeld(ILogFiles files, LogOptions? options = null)
    {
        var flush = new ManualFlush();
        return (DurableLog.Open(files, (options ?? Inline()) with { RunFlush = flush.Post }), flush);
    }
}
