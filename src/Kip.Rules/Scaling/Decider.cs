namespace Kip.Rules.Scaling;

/// <summary>One revision's memory between decisions: its windows, its panic, what it decided last. The clock is an argument.</summary>
/// <remarks>
/// A revision without requests and pods is <see cref="IsAsleep"/>: it holds no windows, and its decision would come out as zero each time,
/// so nobody need ask for it. A report wakes it. Not safe for use by several threads at once.
/// </remarks>
public sealed class Decider
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private Windows? _windows;
    private MaxTimeWindow? _delay;
    private DateTimeOffset _lastLoad;
    private PanicState _panic;

    /// <param name="spec">The numbers in force; replace them through <see cref="Spec"/>.</param>
    /// <param name="now">When the revision is first seen.</param>
    /// <param name="readyPods">Pods ready then: the revision begins in panic and keeps them.</param>
    public Decider(DeciderSpec spec, DateTimeOffset now, int readyPods)
    {
        Spec = spec;
        _panic = PanicState.AtStart(now, readyPods);
    }

    /// <summary>The numbers in force. A change counts from the next decision on; what was measured is kept.</summary>
    public DeciderSpec Spec
    {
        get;
        set
        {
            if (field is not null && !ReferenceEquals(field, value)) _windows?.Follow(value);
            field = value;
        }
    }

    /// <summary>The last decision; null before the first.</summary>
    public ScaleDecision? Last { get; private set; }

    /// <summary>Whether nothing is wanted, and the next decision can differ only if a report comes, or pods or settings change.</summary>
    public bool IsAsleep => Last is { Desired: 0 } && _windows is null && _delay is null && _panic.Since is null;

    /// <summary>Takes in what was seen of the revision's requests.</summary>
    public void Record(RevisionStat stat)
    {
        if (_windows is null)
        {
            // Silence needs no memory: a report of nothing about a revision that had nothing leaves it asleep.
            if (stat is { AverageConcurrentRequests: 0, RequestCount: 0 }) return;
            _windows = new Windows(Spec);
        }
        _windows.Record(stat);
        if ((stat.AverageConcurrentRequests > 0 || stat.RequestCount > 0) && stat.Time > _lastLoad) _lastLoad = stat.Time;
    }

    /// <summary>Decides from what was recorded, and from the pods that are there.</summary>
    public ScaleDecision Decide(DateTimeOffset now, PodCounts pods)
    {
        Forget(now);
        // Only revisions with requests are reported, so a second without a report is a second without requests. The current second is not over.
        _windows?.PassTo(now - OneSecond);

        var (stable, panic) = _windows?.Averages(Spec.Metric, now) ?? (0, 0);
        var decided = Autoscaler.Decide(Spec, _panic, new LoadView(now, pods.Ready, stable, panic));
        _panic = decided.Panic;
        Last = new ScaleDecision
        {
            Time = now,
            Spec = Spec,
            Pods = pods,
            Stable = stable,
            Panic = panic,
            DesiredByLoad = decided.Desired,
            Desired = Delay(now, decided.Desired),
            ExcessBurstCapacity = decided.ExcessBurstCapacity,
            PanicState = decided.Panic,
        };
        return Last;
    }

    private void Forget(DateTimeOffset now)
    {
        if (_windows is not null && now - _lastLoad > Spec.StableWindow + OneSecond) _windows = null;
    }

    // Scaling down waits until nothing more was wanted for the whole delay; what cannot be reached has nobody to wait for.
    private int Delay(DateTimeOffset now, int desired)
    {
        if (!Spec.Reachable || Spec.ScaleDownDelay <= TimeSpan.Zero)
        {
            _delay = null;
            return desired;
        }
        if (_delay?.Window != Spec.ScaleDownDelay)
        {
            // Unlike upstream, a changed delay counts at once; what was wanted last is carried over.
            var before = _delay is not null && Last is not null ? Last : null;
            _delay = new MaxTimeWindow(Spec.ScaleDownDelay);
            if (before is not null) _delay.Record(before.Time, before.Desired);
        }
        var most = _delay.Record(now, desired);
        // Nothing to delay and nothing measured: the window is made again when there is.
        if (most <= desired && _windows is null && _panic.Since is null) _delay = null;
        return most;
    }

    // Both metrics are measured always, so that a revision can be switched from one to the other without forgetting.
    private sealed class Windows(DeciderSpec spec)
    {
        private readonly TimeWindow _concurrencyStable = new(spec.StableWindow, spec.Algorithm);
        private readonly TimeWindow _concurrencyPanic = new(spec.PanicWindow, spec.Algorithm);
        private readonly TimeWindow _rpsStable = new(spec.StableWindow, spec.Algorithm);
        private readonly TimeWindow _rpsPanic = new(spec.PanicWindow, spec.Algorithm);

        public void Record(RevisionStat stat)
        {
            _concurrencyStable.Record(stat.Time, stat.AverageConcurrentRequests);
            _concurrencyPanic.Record(stat.Time, stat.AverageConcurrentRequests);
            _rpsStable.Record(stat.Time, stat.RequestCount);
            _rpsPanic.Record(stat.Time, stat.RequestCount);
        }

        public void PassTo(DateTimeOffset at)
        {
            foreach (var window in (ReadOnlySpan<TimeWindow>)[_concurrencyStable, _concurrencyPanic, _rpsStable, _rpsPanic]) window.PassTo(at);
        }

        public (double Stable, double Panic) Averages(ScalingMetric metric, DateTimeOffset now) => metric == ScalingMetric.Concurrency
            ? (_concurrencyStable.Average(now), _concurrencyPanic.Average(now))
            : (_rpsStable.Average(now), _rpsPanic.Average(now));

        public void Follow(DeciderSpec spec)
        {
            foreach (var window in (ReadOnlySpan<TimeWindow>)[_concurrencyStable, _rpsStable]) Follow(window, spec.StableWindow, spec.Algorithm);
            foreach (var window in (ReadOnlySpan<TimeWindow>)[_concurrencyPanic, _rpsPanic]) Follow(window, spec.PanicWindow, spec.Algorithm);
        }

        private static void Follow(TimeWindow window, TimeSpan length, WindowAlgorithm algorithm)
        {
            window.Resize(length);
            window.Algorithm = algorithm;
        }
    }
}
