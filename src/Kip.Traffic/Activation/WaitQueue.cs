namespace Kip.Traffic.Activation;

/// <summary>A request that waits for a slot; a link of the <see cref="WaitQueue"/>.</summary>
internal sealed class Waiter(Breaker breaker)
{
    private readonly TaskCompletionSource<SlotLease> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Waiter? Previous;
    internal Waiter? Next;
    internal bool Queued;

    public Task<SlotLease> Task => _granted.Task;

    /// <summary>The caller has given up.</summary>
    public void Leave() => breaker.Leave(this);

    public void Complete(SlotLease lease) => _granted.SetResult(lease);
}

/// <summary>Waiters in arrival order; any of them can leave in constant time. Not safe for threads: its owner locks.</summary>
internal sealed class WaitQueue
{
    private Waiter? _first;
    private Waiter? _last;

    public int Count { get; private set; }

    public void Add(Waiter waiter)
    {
        waiter.Previous = _last;
        waiter.Queued = true;
        if (_last is null) _first = waiter;
        else _last.Next = waiter;
        _last = waiter;
        Count++;
    }

    public Waiter? TakeFirst()
    {
        var first = _first;
        if (first is not null) Remove(first);
        return first;
    }

    /// <returns>False when it had left before.</returns>
    public bool Remove(Waiter waiter)
    {
        if (!waiter.Queued) return false;
        if (waiter.Previous is null) _first = waiter.Next;
        else waiter.Previous.Next = waiter.Next;
        if (waiter.Next is null) _last = waiter.Previous;
        else waiter.Next.Previous = waiter.Previous;
        waiter.Previous = waiter.Next = null;
        waiter.Queued = false;
        Count--;
        return true;
    }
}
