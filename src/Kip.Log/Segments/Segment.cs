namespace Kip.Log.Segments;

/// <summary>What the log knows of one segment: where its durable bytes end, and at what offsets some of its records lie.</summary>
internal sealed class Segment(string name, ulong first, uint seed)
{
    private const long IndexEvery = 256 << 10;

    private readonly List<(ulong Sequence, long Offset)> _index = [];

    internal string Name { get; } = name;

    internal ulong First { get; } = first;

    /// <summary>What its checksums begin with.</summary>
    internal uint Seed { get; } = seed;

    /// <summary>Where the bytes end that readers may see.</summary>
    internal long End { get; set; }

    /// <summary>Remembers where a record lies, if none nearby is remembered.</summary>
    internal void Note(ulong sequence, long offset)
    {
        if (_index.Count == 0 || offset - _index[^1].Offset >= IndexEvery)
        {
            _index.Add((sequence, offset));
        }
    }

    /// <summary>Forgets records from an offset on.</summary>
    internal void ForgetFrom(long offset) => _index.RemoveAll(e => e.Offset >= offset);

    /// <summary>The nearest known place at or before a record.</summary>
    internal (ulong Sequence, long Offset) Floor(ulong sequence)
    {
        var below = (Sequence: First, Offset: (long)Format.SegmentHeader.Bytes);
        int low = 0, high = _index.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_index[middle].Sequence <= sequence)
            {
                below = _index[middle];
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return below;
    }
}
