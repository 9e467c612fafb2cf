using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Kip.Client.Loop;

/// <summary>Keys waiting for work: a key waits at most once, and is never given to two workers at the same time.</summary>
/// <remarks>
/// A key added while it is being worked on is given out again when that work is done. The order is first in, first out. No timer runs unless
/// a key is delayed.
/// </remarks>
public sealed class WorkQueue<TKey> : IDisposable where TKey : notnull
{
    /// <summary>How many distinct keys may wait or be worked on unless said otherwise.</summary>
    public const int DefaultCapacity = 1_000_000;

    /// <summary>The waits between attempts at a key that fails: 5 ms, doubling, at most 1,000 s (client-go's default).</summary>
    public static readonly Backoff DefaultRetry = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000));

    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, State> _states = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly DelayedKeys<TKey> _delayed = new();
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly TimeProvider _time;
    private readonly Backoff _retry;
    private readonly int _capacity;
    private readonly ITimer _timer;
    private DateTimeOffset? _timerDue;
    private bool _completed;

    /// <param name="time">Times the delayed keys.</param>
    /// <param name="retry">Null: <see cref="DefaultRetry"/>.</param>
    /// <param name="capacity">How many distinct keys are held; one more is refused.</param>
    public WorkQueue(TimeProvider time, Backoff? retry = null, int capacity = DefaultCapacity)
    {
        _time = time;
        _retry = retry ?? DefaultRetry;
        _capacity = capacity;
        _timer = time.CreateTimer(_ => AddDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum State
    {
        Waiting,
        Running,
        RunningAndWanted,
    }

    /// <summary>How many keys wait or are being worked on.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _states.Count;
        }
    }

    /// <summary>How many keys are delayed.</summary>
    public int DelayedCount
    {
        get
        {
            lock (_lock) return _delayed.Count;
        }
    }

    /// <summary>Queues a key; does nothing when it waits already.</summary>
    /// <returns>False when the queue is full or completed: the key was not taken.</returns>
    public bool Add(TKey key)
    {
        lock (_lock)
        {
            if (_completed) return false;
            if (_states.TryGetValue(key, out var state))
            {
                if (state == State.Running) _states[key] = State.RunningAndWanted;
                return true;
            }
            if (_states.Count >= _capacity) return false;
            _states.Add(key, State.Waiting);
        }
        return _ready.Writer.TryWrite(key);
    }

    /// <summary>Queues a key after a time. One time is kept per key: the last one said.</summary>
    /// <returns>False when too many keys are delayed, or the queue is completed.</returns>
    public bool AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero) return Add(key);
        lock (_lock)
        {
            if (_completed || _delayed.Count >= _capacity) return false;
            _delayed.Set(key, _time.GetUtcNow() + delay);
            SetTimer_NeedsLock();
        }
        return true;
    }

    /// <summary>Forgets a delay set for the key.</summary>
    public void CancelDelay(TKey key)
    {
        lock (_lock) _delayed.Remove(key);
    }

    /// <summary>Counts a failure of the key and queues it after the wait that its failures in a row call for.</summary>
    /// <returns>How many failures in a row there were, this one included.</returns>
    public int AddAfterFailure(TKey key)
    {
        int failures;
        lock (_lock)
        {
            failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
        }
        AddAfter(key, _retry.After(failures));
        return failures;
    }

    /// <summary>The key is well: its failures are forgotten.</summary>
    public void Forget(TKey key)
    {
        lock (_lock) _failures.Remove(key);
    }

    /// <summary>Waits for a key to work on. Whoever takes one must say <see cref="Done"/>.</summary>
    /// <exception cref="ChannelClosedException">The queue is completed.</exception>
    public async ValueTask<TKey> TakeAsync()
    {
        var key = await _ready.Reader.ReadAsync();
        Take(key);
        return key;
    }

    /// <summary>Takes a key if one is waiting.</summary>
    public bool TryTake([MaybeNullWhen(false)] out TKey key)
    {
        if (!_ready.Reader.TryRead(out key)) return false;
        Take(key);
        return true;
    }

    /// <summary>The work on a key taken is over; if it was added meanwhile it waits again.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (!_states.Remove(key, out var state) || state != State.RunningAndWanted) return;
            _states.Add(key, State.Waiting);
        }
        _ready.Writer.TryWrite(key);
    }

    /// <summary>Takes no more keys and lets no one wait any longer; keys that were waiting are dropped.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_completed) return;
            _completed = true;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        while (_ready.Reader.TryRead(out _)) { }
        _ready.Writer.TryComplete();
    }

    public void Dispose()
    {
        Complete();
        _timer.Dispose();
    }

    private void Take(TKey key)
    {
        lock (_lock) _states[key] = State.Running;
    }

    private void AddDue()
    {
        while (true)
        {
            TKey key;
            lock (_lock)
            {
                if (!_delayed.TryTake(_time.GetUtcNow(), out key))
                {
                    _timerDue = null;
                    SetTimer_NeedsLock();
                    return;
                }
            }
            // Full just now: it is due, so it must not be lost.
            if (!Add(key) && !AddAfter(key, TimeSpan.FromSeconds(1))) return;
        }
    }

    private void SetTimer_NeedsLock()
    {
        if (_completed || _delayed.Next is not { } next || next == _timerDue) return;
        _timerDue = next;
        var wait = next - _time.GetUtcNow();
        // A timer counts whole milliseconds: rounding up spares a call that would come too early.
        var milliseconds = Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, int.MaxValue);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }
}
