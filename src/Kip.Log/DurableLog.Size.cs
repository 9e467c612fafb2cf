using System.Collections.Immutable;

namespace Kip.Log;

// What the log takes up.
public sealed partial class DurableLog
{
    /// <summary>The log's segments, oldest first: what <see cref="TruncateFront"/> removes as a whole.</summary>
    public ImmutableArray<SegmentSize> SegmentSizes()
    {
        lock (_lock)
        {
            return [.. _segments.Select(static segment => new SegmentSize(segment.First, segment.End))];
        }
    }
}

/// <summary>One segment of a log.</summary>
/// <param name="First">The sequence of its first record.</param>
/// <param name="Bytes">Its size on disk.</param>
public readonly record struct SegmentSize(ulong First, long Bytes);
