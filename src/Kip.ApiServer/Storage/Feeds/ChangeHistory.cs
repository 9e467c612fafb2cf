using System.Diagnostics;

namespace Kip.ApiServer.Storage.Feeds;

/// <summary>The latest changes of one kind, in order: what watches read from. Its owner locks.</summary>
/// <remarks>A reader holds a position, not a queue: one that is slow costs nothing, and has lost its place when its position is dropped.</remarks>
/// <param name="capacity">How many changes are kept at most.</param>
/// <param name="floor">The version before the first change to come.</param>
internal sealed class ChangeHistory(int capacity, long floor)
{
    private const int Smallest = 16;

    private Change[] _ring = [];
    private long _first;

    /// <summary>The position of the next change.</summary>
    public long Next { get; private set; }

    /// <summary>The version of the latest change that is no longer here: a watch after an earlier one would miss something.</summary>
    public long Floor { get; private set; } = floor;

    public void Add(in Change change)
    {
        if (Next - _first == capacity) DropFirst();
        if (Next - _first == _ring.Length) Resize(Math.Min(capacity, Math.Max(Smallest, _ring.Length * 2)));
        _ring[Next % _ring.Length] = change;
        Next++;
    }

    /// <summary>Forgets the changes made before a timestamp, and gives their memory back.</summary>
    public void DropBefore(long timestamp)
    {
        while (_first < Next && _ring[_first % _ring.Length].At < timestamp) DropFirst();
        if (_ring.Length > Smallest && Next - _first < _ring.Length / 4) Resize(Math.Max(Smallest, _ring.Length / 2));
    }

    /// <summary>The position of the first change after a version. False when that is no longer known.</summary>
    public bool TryFind(long version, out long position)
    {
        long low = _first, high = Next;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_ring[middle % _ring.Length].Version <= version) low = middle + 1;
            else high = middle;
        }
        position = low;
        return version >= Floor;
    }

    /// <summary>Adds the changes from a position on to a list, up to a number. Minus one when the position is no longer here.</summary>
    /// <returns>How many were added.</returns>
    public int Read(long position, int limit, List<Change> into)
    {
        Debug.Assert(position <= Next, "A reader is never ahead of the history.");
        if (position < _first) return -1;
        var count = (int)Math.Min(Next - position, limit);
        for (var i = 0; i < count; i++) into.Add(_ring[(position + i) % _ring.Length]);
        return count;
    }

    private void DropFirst()
    {
        ref var first = ref _ring[_first % _ring.Length];
        Floor = first.Version;
        first = default;
        _first++;
    }

    private void Resize(int size)
    {
        var larger = new Change[size];
        for (var at = _first; at < Next; at++) larger[at % size] = _ring[at % _ring.Length];
        _ring = larger;
    }
}
