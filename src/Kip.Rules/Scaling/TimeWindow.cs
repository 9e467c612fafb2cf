namespace Kip.Rules.Scaling;

/// <summary>Averages what was recorded over the last so many seconds, one bucket a second.</summary>
/// <remarks>
/// Values recorded in one second add up: different senders report parts of one whole. Until a whole window of history exists,
/// and while the newest seconds are missing, the average is over the seconds that are known; a gap between two writes counts as zeros.
/// It is deterministic: the clock is an argument. Not safe for use by several threads at once.
/// </remarks>
public sealed class TimeWindow
{
    private double[] _buckets;
    private long _firstWrite = long.MinValue;
    private long _lastWrite = long.MinValue;
    private double _smoothing;

    /// <param name="window">Its length; a part of a second counts as a whole one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not longer than zero.</exception>
    public TimeWindow(TimeSpan window, WindowAlgorithm algorithm = WindowAlgorithm.Linear)
    {
        Algorithm = algorithm;
        _buckets = new double[BucketsFor(window)];
        _smoothing = SmoothingOf(_buckets.Length);
    }

    /// <summary>How the seconds are averaged; what was recorded does not depend on it.</summary>
    public WindowAlgorithm Algorithm { get; set; }

    /// <summary>Whether nothing was recorded for longer than the window.</summary>
    public bool IsEmpty(DateTimeOffset now) => HasNoWrite || now.ToUnixTimeSeconds() - _lastWrite > _buckets.Length;

    private bool HasNoWrite => _lastWrite == long.MinValue;

    /// <summary>Adds a value to its second. Ignored when it is older than the window that ends with the newest write.</summary>
    public void Record(DateTimeOffset at, double value)
    {
        var second = at.ToUnixTimeSeconds();
        if (HasNoWrite || second - _lastWrite >= _buckets.Length) StartAnew(second);
        else if (second <= _lastWrite - _buckets.Length) return;
        else if (second > _lastWrite)
        {
            for (var skipped = _lastWrite + 1; skipped <= second; skipped++) _buckets[IndexOf(skipped)] = 0;
            _lastWrite = second;
        }
        _firstWrite = Math.Min(_firstWrite, second);
        _buckets[IndexOf(second)] += value;
    }

    /// <summary>Tells that the seconds up to this one have passed: those after the newest write count as zeros from now on.</summary>
    /// <remarks>Nothing happens before the first write, or when the second is known already.</remarks>
    public void PassTo(DateTimeOffset at)
    {
        if (!HasNoWrite && at.ToUnixTimeSeconds() > _lastWrite) Record(at, 0);
    }

    /// <summary>The average as of now; 0 when nothing was recorded within the window.</summary>
    public double Average(DateTimeOffset now)
    {
        if (HasNoWrite) return 0;
        var missing = Math.Max(0, now.ToUnixTimeSeconds() - _lastWrite);
        if (missing >= _buckets.Length) return 0;
        return Algorithm == WindowAlgorithm.Linear ? LinearAverage(missing) : WeightedAverage(missing);
    }

    /// <summary>Changes the length and keeps the newest seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window is not longer than zero.</exception>
    public void Resize(TimeSpan window)
    {
        var length = BucketsFor(window);
        if (length == _buckets.Length) return;
        var resized = new double[length];
        if (!HasNoWrite)
        {
            var kept = Math.Min(length, _buckets.Length);
            for (var second = _lastWrite - kept + 1; second <= _lastWrite; second++)
                resized[(int)Modulo(second, length)] = _buckets[IndexOf(second)];
            // What is older than both windows is forgotten, and the seconds that a longer window adds were never seen.
            _firstWrite = Math.Max(_firstWrite, _lastWrite - kept + 1);
        }
        _buckets = resized;
        _smoothing = SmoothingOf(length);
    }

    private void StartAnew(long second)
    {
        Array.Clear(_buckets);
        _firstWrite = _lastWrite = second;
    }

    private double LinearAverage(long missing)
    {
        var known = _buckets.Length - missing;
        var sum = 0.0;
        for (var back = 0; back < known; back++) sum += _buckets[IndexOf(_lastWrite - back)];
        var average = sum / Math.Min(_lastWrite - _firstWrite + 1, known);
        // Cut, not rounded, after six decimals, as upstream: dust from adding fractions must not ask for one more pod.
        return Math.Floor(average * 1e6) / 1e6;
    }

    private double WeightedAverage(long missing)
    {
        var average = 0.0;
        var weight = _smoothing * Math.Pow(1 - _smoothing, missing);
        for (var back = 0; back < _buckets.Length - missing; back++)
        {
            average += _buckets[IndexOf(_lastWrite - back)] * weight;
            weight *= 1 - _smoothing;
        }
        return average;
    }

    private int IndexOf(long second) => (int)Modulo(second, _buckets.Length);

    private static long Modulo(long value, long divisor) => ((value % divisor) + divisor) % divisor;

    // The oldest second of a window weighs at most one ten-thousandth of the newest.
    private static double SmoothingOf(int buckets) => Math.Max(0.2, 1 - Math.Pow(0.0001, 1.0 / buckets));

    private static int BucketsFor(TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        return (int)Math.Ceiling(window.TotalSeconds);
    }
}
