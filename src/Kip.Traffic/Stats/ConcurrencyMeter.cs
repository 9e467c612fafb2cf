using Kip.Resources;
using Kip.Rules.Scaling;

namespace Kip.Traffic.Stats;

/// <summary>Counts one revision's requests and their time-weighted mean, from report to report. Costs nothing while idle.</summary>
public sealed class ConcurrencyMeter(NamespacedName revision, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _changed;
    private long _period;
    private double _integral;
    private int _inFlight;
    private int _arrived;
    private int _poked;
    private bool _active;

    /// <summary>Requests in the gateway for this revision, waiting ones included.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A request arrived.</summary>
    /// <returns>True for the first one of a revision that was idle: the reporter and the autoscaler do not know of it yet.</returns>
    public bool Enter()
    {
        lock (_lock)
        {
            Advance_NeedsLock();
            if (!_active) _period = _changed;
            _inFlight++;
            _arrived++;
            var first = !_active;
            _active = true;
            return first;
        }
    }

    /// <summary>A request has ended.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            Advance_NeedsLock();
            _inFlight--;
        }
    }

    /// <summary>The stat to send at once, so that the autoscaler need not wait for the next report. The report leaves it out.</summary>
    public RevisionStat Poke()
    {
        lock (_lock) _poked++;
        return new(revision, time.GetUtcNow(), 1, 1);
    }

    /// <summary>Ends a period.</summary>
    /// <param name="arrived">Requests that came in the period, those of a <see cref="Poke"/> included.</param>
    /// <param name="idle">Nothing happened in the whole period: this zero is the last report until the next <see cref="Enter"/>.</param>
    public RevisionStat Report(out int arrived, out bool idle)
    {
        lock (_lock)
        {
            Advance_NeedsLock();
            var length = _changed - _period;
            var average = length > 0 ? _integral / length : _inFlight;
            idle = _inFlight == 0 && _arrived == 0 && average == 0;
            var stat = new RevisionStat(revision, time.GetUtcNow(), Math.Max(0, average - _poked), Math.Max(0, _arrived - _poked));
            arrived = _arrived;
            _active = !idle;
            _period = _changed;
            _integral = _arrived = _poked = 0;
            return stat;
        }
    }

    private void Advance_NeedsLock()
    {
        var now = time.GetTimestamp();
        _integral += (double)_inFlight * (now - _changed);
        _changed = now;
    }
}
