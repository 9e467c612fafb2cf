namespace Kip.Rules.Scaling.Simulation;

/// <summary>Counts requests as the gateway's meter does: a time-weighted mean per report, and a poke for the first request of an idle revision.</summary>
internal sealed class SimulatedMeter
{
    private TimeSpan _changed;
    private TimeSpan _period;
    private double _integral;
    private int _arrived;
    private int _poked;

    public int InFlight { get; private set; }

    /// <summary>Whether reports are due: something has happened since the last zero.</summary>
    public bool IsActive { get; private set; }

    /// <summary>A request arrives; true for the first of an idle revision.</summary>
    public bool Enter(TimeSpan now)
    {
        Advance(now);
        if (!IsActive) _period = now;
        InFlight++;
        _arrived++;
        var first = !IsActive;
        IsActive = true;
        return first;
    }

    public void Leave(TimeSpan now)
    {
        Advance(now);
        InFlight--;
    }

    /// <summary>What is told at once; the next report leaves it out.</summary>
    public (double Concurrency, double Count) Poke()
    {
        _poked++;
        return (1, 1);
    }

    /// <summary>Ends a period of a second.</summary>
    public (double Concurrency, double Count) Report(TimeSpan now)
    {
        Advance(now);
        var length = (now - _period).TotalSeconds;
        var average = length > 0 ? _integral / length : InFlight;
        var report = (Math.Max(0, average - _poked), Math.Max(0, (double)_arrived - _poked));
        IsActive = InFlight > 0 || _arrived > 0 || average > 0;
        _period = now;
        _integral = _arrived = _poked = 0;
        return report;
    }

    private void Advance(TimeSpan now)
    {
        _integral += InFlight * (now - _changed).TotalSeconds;
        _changed = now;
    }
}
