namespace Kip.Rules.Scaling;

/// <summary>The largest of the values recorded over the last so many seconds: it delays a scale-down.</summary>
/// <remarks>
/// Only values that may still become the largest are kept, each smaller than the one before it. Time passes in steps of 2 s,
/// the autoscaler's tick. Not safe for use by several threads at once.
/// </remarks>
public sealed class MaxTimeWindow
{
    private const int StepSeconds = 2;

    private readonly List<(long Step, int Value)> _falling = [];
    private readonly long _steps;

    /// <exception cref="ArgumentOutOfRangeException">The window is not longer than zero.</exception>
    public MaxTimeWindow(TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        Window = window;
        _steps = (long)Math.Ceiling(window.TotalSeconds / StepSeconds);
    }

    public TimeSpan Window { get; }

    /// <summary>Adds a value and gives the largest of the window that ends now.</summary>
    public int Record(DateTimeOffset now, int value)
    {
        var step = now.ToUnixTimeSeconds() / StepSeconds;
        while (_falling.Count > 0 && _falling[^1].Value <= value) _falling.RemoveAt(_falling.Count - 1);
        _falling.Add((step, value));

        var gone = 0;
        while (_falling[gone].Step <= step - _steps) gone++;
        if (gone > 0) _falling.RemoveRange(0, gone);
        return _falling[0].Value;
    }
}
