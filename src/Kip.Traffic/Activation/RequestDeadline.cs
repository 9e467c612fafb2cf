namespace Kip.Traffic.Activation;

/// <summary>Ends one request when its revision's time is up: in all, until the response begins, or while the response stands still.</summary>
/// <remarks>
/// Used again and again for the requests of one connection. Its timer is set once per request, to the nearest of the three; when it fires
/// it looks what has happened since and is set again if need be, so a response that moves costs one field write per step.
/// </remarks>
/// <param name="keepsTimer">
/// Leaves the timer as it is between requests: it fires once too often and is set anew then, which is cheaper than two changes per request. For who
/// disposes this surely.
/// </param>
public sealed class RequestDeadline(TimeProvider time, bool keepsTimer = false) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _cancel = new();
    private ITimer? _timer;
    private long _armed = long.MaxValue;
    private long _total = long.MaxValue;
    private long _start = long.MaxValue;
    private long _idleTicks;
    private long _progress;
    private bool _timedOut;

    /// <summary>Cancelled when the time is up or <see cref="Cancel"/> was called. Good for one request: until <see cref="End"/>.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>Whether the time was up, as opposed to a client that went away.</summary>
    public bool IsTimedOut => Volatile.Read(ref _timedOut);

    /// <summary>A request begins.</summary>
    /// <param name="arrived">The timestamp of its arrival, from which the time counts.</param>
    public void Begin(RevisionSettings settings, long arrived)
    {
        lock (_lock)
        {
            _total = settings.Timeout > TimeSpan.Zero ? arrived + Ticks(settings.Timeout) : long.MaxValue;
            _start = settings.ResponseStartTimeout > TimeSpan.Zero ? arrived + Ticks(settings.ResponseStartTimeout) : long.MaxValue;
            _idleTicks = Ticks(settings.IdleTimeout);
            _progress = arrived;
            _timedOut = false;
            Arm_NeedsLock();
        }
    }

    /// <summary>The response has begun: the limit for that no longer counts.</summary>
    public void ResponseStarted()
    {
        Volatile.Write(ref _start, long.MaxValue);
        Progress();
    }

    /// <summary>The response moves.</summary>
    public void Progress()
    {
        if (_idleTicks > 0) Volatile.Write(ref _progress, time.GetTimestamp());
    }

    /// <summary>Ends the request for another reason than time.</summary>
    public void Cancel()
    {
        CancellationTokenSource cancel;
        lock (_lock) cancel = _cancel;
        cancel.Cancel();
    }

    /// <summary>The request is over; nothing fires any more for it.</summary>
    public void End()
    {
        lock (_lock)
        {
            _total = _start = long.MaxValue;
            _idleTicks = 0;
            // A firing that is under way may yet cancel the source that it took: the next request gets another.
            if (_timedOut || _cancel.IsCancellationRequested) _cancel = new();
            if (keepsTimer) return;
            _armed = long.MaxValue;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            // The source holds nothing that needs to be disposed, and a firing that is under way may yet use it.
            _total = _start = long.MaxValue;
            _idleTicks = 0;
            _timer?.Dispose();
        }
    }

    private void Arm_NeedsLock()
    {
        var due = Due_NeedsLock();
        // A timer that is set for an earlier moment is set again then.
        if (due == long.MaxValue || due >= _armed) return;
        _armed = due;
        _timer ??= time.CreateTimer(static state => ((RequestDeadline)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(time.GetElapsedTime(time.GetTimestamp(), due) is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Fire()
    {
        CancellationTokenSource cancel;
        lock (_lock)
        {
            _armed = long.MaxValue;
            if (time.GetTimestamp() < Due_NeedsLock())
            {
                Arm_NeedsLock();
                return;
            }
            _total = _start = long.MaxValue;
            _idleTicks = 0;
            _timedOut = true;
            cancel = _cancel;
        }
        cancel.Cancel();
    }

    private long Due_NeedsLock()
    {
        var idle = _idleTicks > 0 ? Volatile.Read(ref _progress) + _idleTicks : long.MaxValue;
        return Math.Min(Math.Min(_total, Volatile.Read(ref _start)), idle);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
