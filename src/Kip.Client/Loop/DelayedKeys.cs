namespace Kip.Client.Loop;

/// <summary>Keys that are due later, one time per key; a plain structure with the clock passed in.</summary>
internal sealed class DelayedKeys<TKey> where TKey : notnull
{
    private readonly Dictionary<TKey, DateTimeOffset> _due = [];
    private PriorityQueue<TKey, DateTimeOffset> _order = new();

    public int Count => _due.Count;

    /// <summary>Places held in the order, those of outdated times included.</summary>
    public int Places => _order.Count;

    /// <summary>When the first key is due; null when there is none.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            DropOutdated();
            return _order.TryPeek(out _, out var due) ? due : null;
        }
    }

    /// <summary>Sets when a key is due, in place of any earlier time set for it.</summary>
    public void Set(TKey key, DateTimeOffset due)
    {
        _due[key] = due;
        _order.Enqueue(key, due);
        // A key that is set again and again leaves its old places behind; they must not pile up.
        if (_order.Count > (2 * _due.Count) + 64) _order = new(_due.Select(static e => (e.Key, e.Value)));
    }

    public void Remove(TKey key) => _due.Remove(key);

    /// <summary>Takes one key that is due.</summary>
    public bool TryTake(DateTimeOffset now, out TKey key)
    {
        DropOutdated();
        if (_order.TryPeek(out key!, out var due) && due <= now)
        {
            _order.Dequeue();
            _due.Remove(key);
            return true;
        }
        return false;
    }

    private void DropOutdated()
    {
        while (_order.TryPeek(out var key, out var due) && !(_due.TryGetValue(key, out var current) && current == due)) _order.Dequeue();
    }
}
