namespace Kip.Testing.Time;

/// <summary>A clock that stands still until it is moved; timers fire in the order of their times while it moves.</summary>
/// <remarks>Timers of the same time fire in the order in which they were set. Callbacks run on the thread that moves the clock.</remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    /// <summary>Where the clock stands when nothing else is said.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = new(Comparer<ManualTimer>.Create(Compare));
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private long _order;

    public ManualTimeProvider(DateTimeOffset? start = null) => _start = _now = start ?? DefaultStart;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>When the next timer fires; null when none is set.</summary>
    public DateTimeOffset? NextTimer
    {
        get
        {
            lock (_lock) return _timers.Min?.Due;
        }
    }

    /// <summary>How many timers are set.</summary>
    public int TimerCount
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;

    /// <summary>Moves the clock forward, firing every timer on the way at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + by);
    }

    /// <inheritdoc cref="Advance"/>
    public void AdvanceTo(DateTimeOffset time)
    {
        while (Next(time) is { } timer) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private static int Compare(ManualTimer? a, ManualTimer? b)
    {
        var byTime = a!.Due.CompareTo(b!.Due);
        return byTime != 0 ? byTime : a.Order.CompareTo(b.Order);
    }

    private ManualTimer? Next(DateTimeOffset limit)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } first || first.Due > limit)
            {
                if (limit > _now) _now = limit;
                return null;
            }
            if (first.Due > _now) _now = first.Due;
            _timers.Remove(first);
            if (first.Period > TimeSpan.Zero) Set_NeedsLock(first, first.Period);
            return first;
        }
    }

    private void Set_NeedsLock(ManualTimer timer, TimeSpan due)
    {
        timer.Due = _now + due;
        timer.Order = ++_order;
        _timers.Add(timer);
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public DateTimeOffset Due { get; set; }

        public long Order { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                if (_disposed) return false;
                owner._timers.Remove(this);
                Period = period;
                if (dueTime != Timeout.InfiniteTimeSpan) owner.Set_NeedsLock(this, dueTime);
                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                _disposed = true;
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
