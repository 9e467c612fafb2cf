namespace Kip.Traffic.Activation;

/// <summary>Hands out the slots of one revision's ready pods, and keeps a bounded queue of those who wait for one.</summary>
/// <remarks>
/// Slots are granted in arrival order: nobody passes the queue. No pod ever has more requests than its limit. A pod is chosen by load:
/// the less loaded of two at random without a limit, the least loaded one with a free slot under a limit.
/// A pod that lately refused a connection gets nothing while another takes requests, even if that one is full.
/// </remarks>
public sealed class Breaker
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly WaitQueue _queue = new();
    private readonly int _queueDepth;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private volatile PodTracker[] _pods = [];
    private volatile int _waiting;
    private volatile bool _failed;
    private volatile bool _sheds;
    private volatile int _limit;
    private long _served;
    private bool _gone;
    private ITimer? _trustAgain;
    private HashSet<TaskCompletionSource>? _held;

    /// <param name="queueDepth">How many may wait; one more is refused.</param>
    /// <param name="random">Chooses between pods; must be safe to call from any thread, as <see cref="Random.Shared"/> is.</param>
    public Breaker(int queueDepth, Random random, TimeProvider time)
    {
        _queueDepth = _limit = queueDepth;
        _random = random;
        _time = time;
    }

    /// <summary>How many wait for a slot.</summary>
    public int Waiting => _waiting;

    /// <summary>Slots that have been given back since the start: requests that a pod is through with.</summary>
    public long Served => Volatile.Read(ref _served);

    /// <summary>Whether the queue is shorter than its depth, because more come than can be served.</summary>
    public bool Sheds => _sheds;

    /// <summary>The pods that take requests now.</summary>
    public ReadOnlySpan<PodTracker> Pods => _pods;

    /// <summary>Whether there is a pod that has not lately refused or broken a connection.</summary>
    public bool HasTrustedPod
    {
        get
        {
            var now = _time.GetTimestamp();
            foreach (var pod in _pods)
                if (!pod.IsAvoided(now)) return true;
            return false;
        }
    }

    /// <summary>Takes a free slot if there is one and nobody waits for it. Allocates nothing.</summary>
    public bool TryAcquire(out SlotLease lease)
    {
        var pod = _waiting == 0 ? Reserve() : null;
        lease = new(SlotOutcome.Granted, pod);
        return pod is not null;
    }

    /// <summary>Waits for a slot, or says at once that the queue is full. Never throws.</summary>
    /// <param name="cancel">Gives up waiting; the place in the queue is freed.</param>
    public ValueTask<SlotLease> AcquireAsync(CancellationToken cancel) => TryAcquire(out var lease) ? new(lease) : WaitAsync(cancel);

    /// <summary>Gives a slot back, to the first who waits if there is one.</summary>
    public void Release(PodTracker pod)
    {
        pod.Release();
        Interlocked.Increment(ref _served);
        if (_waiting != 0) Grant();
    }

    /// <summary>Lets only so many wait from now on; those who have waited longest beyond that are refused at once.</summary>
    public void Shed(int limit)
    {
        _limit = Math.Min(limit, _queueDepth);
        _sheds = true;
        while (true)
        {
            Waiter first;
            lock (_lock)
            {
                if (_queue.Count <= _limit) return;
                first = Next_NeedsLock()!;
            }
            first.Complete(new(SlotOutcome.Shed));
        }
    }

    /// <summary>Lets as many wait as the queue's depth allows.</summary>
    public void EndShedding()
    {
        _sheds = false;
        _limit = _queueDepth;
    }

    /// <summary>After a failed connect to a pod, or a connection that broke: prefer others for a while.</summary>
    public void Avoid(PodTracker pod)
    {
        pod.Avoid(_time.GetTimestamp(), _time.TimestampFrequency);
        lock (_lock)
        {
            _failed = true;
            Watch_NeedsLock();
        }
    }

    /// <summary>A pod has answered: it is trusted again, unless it has failed since the attempt began.</summary>
    /// <param name="failures">The pod's <see cref="PodTracker.Failures"/> when the attempt began.</param>
    public void Trust(PodTracker pod, int failures)
    {
        if (!pod.Trust(failures)) return;
        LetGo();
        Grant();
    }

    /// <summary>
    /// Waits until a pod can be trusted: another has come, or one that failed has answered somebody since. Or until no pod is left, not even a bad
    /// one.
    /// </summary>
    /// <param name="atMost">After that it is over in any case.</param>
    /// <param name="cancel">Ends it, too. It never throws.</param>
    public async ValueTask HoldAsync(TimeSpan atMost, CancellationToken cancel)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) (_held ??= []).Add(hold);
        // What it waits for may have happened before it was on the list.
        LetGo();
        using var timer = _time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), hold, atMost, Timeout.InfiniteTimeSpan);
        using var registration = cancel.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), hold);
        await hold.Task;
        lock (_lock) _held?.Remove(hold);
    }

    /// <summary>Replaces the set of pods that take requests, and lets those who wait go to them in order.</summary>
    public void SetPods(PodTracker[] pods)
    {
        _pods = pods;
        LetGo();
        Grant();
    }

    /// <summary>Refuses all who wait, and all who come, until <see cref="Reopen"/>: there is nothing to wait for any more.</summary>
    public void Close()
    {
        while (true)
        {
            Waiter? first;
            lock (_lock)
            {
                _gone = true;
                first = Next_NeedsLock();
            }
            if (first is null) return;
            first.Complete(new(SlotOutcome.Gone));
        }
    }

    /// <summary>Lets requests wait again, after <see cref="Close"/>.</summary>
    public void Reopen()
    {
        lock (_lock) _gone = false;
    }

    private async ValueTask<SlotLease> WaitAsync(CancellationToken cancel)
    {
        var waiter = new Waiter(this);
        lock (_lock)
        {
            if (_gone) return new(SlotOutcome.Gone);
            if (_waiting >= _limit) return new(_sheds ? SlotOutcome.Shed : SlotOutcome.QueueFull);
            _queue.Add(waiter);
            _waiting = _queue.Count;
        }
        // A slot may have come free between the first look and the entry in the queue; its giver did not see the waiter.
        Interlocked.MemoryBarrier();
        Grant();
        using var registration = cancel.UnsafeRegister(static state => ((Waiter)state!).Leave(), waiter);
        return await waiter.Task;
    }

    internal void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (!_queue.Remove(waiter)) return;
            _waiting = _queue.Count;
        }
        waiter.Complete(new(SlotOutcome.Cancelled));
    }

    private void LetGo()
    {
        HashSet<TaskCompletionSource> held;
        lock (_lock)
        {
            if (_held is null || (_pods.Length > 0 && !HasTrustedPod)) return;
            (held, _held) = (_held, null);
        }
        foreach (var hold in held) hold.TrySetResult();
    }

    private void Grant()
    {
        while (true)
        {
            Waiter first;
            PodTracker? pod;
            lock (_lock)
            {
                if (_queue.Count == 0 || (pod = Reserve()) is null) return;
                first = Next_NeedsLock()!;
            }
            first.Complete(new(SlotOutcome.Granted, pod));
        }
    }

    private Waiter? Next_NeedsLock()
    {
        var first = _queue.TakeFirst();
        _waiting = _queue.Count;
        return first;
    }

    private PodTracker? Reserve()
    {
        var pods = _pods;
        if (pods.Length == 0) return null;
        if (pods.Length == 1) return pods[0].TryReserve() ? pods[0] : null;
        if (_failed) return ReserveTrusted(pods);
        return pods[0].Limit == 0 ? PodChoice.OfTwo(pods, _random) : PodChoice.LeastLoaded(pods, _random);
    }

    // The slow way round, taken only while some pod has lately refused a connection.
    private PodTracker? ReserveTrusted(PodTracker[] pods)
    {
        var now = _time.GetTimestamp();
        var trusted = Array.FindAll(pods, pod => !pod.IsAvoided(now));
        if (trusted.Length == pods.Length) _failed = false;
        // While the trusted ones are full, waiting for them is better than the next refusal.
        return PodChoice.LeastLoaded(trusted.Length > 0 ? trusted : pods, _random);
    }

    // Nothing else tells those who wait that a pod is trusted again.
    private void Watch_NeedsLock()
    {
        _trustAgain ??= _time.CreateTimer(static state => ((Breaker)state!).LookAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _trustAgain.Change(LookAgainAfter, Timeout.InfiniteTimeSpan);
    }

    private void LookAgain()
    {
        Grant();
        lock (_lock)
        {
            if (_failed && _waiting > 0) Watch_NeedsLock();
        }
    }
}
