using Kip.Rules.Probes;

namespace Kip.Runtime.Probes;

/// <summary>How long programs took to come up, by image. In memory only; of a thousand images, then it begins anew.</summary>
internal sealed class StartTimes
{
    private const int Capacity = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TimeSpan> _expected = [];

    /// <summary>How long the next start of an image may be expected to take; null: not known.</summary>
    public TimeSpan? Of(string image)
    {
        lock (_lock) return _expected.TryGetValue(image, out var expected) ? expected : null;
    }

    /// <summary>A program has come up.</summary>
    public void Learn(string image, TimeSpan took)
    {
        lock (_lock)
        {
            TimeSpan? known = _expected.TryGetValue(image, out var expected) ? expected : null;
            if (known is null && _expected.Count >= Capacity) _expected.Clear();
            _expected[image] = ComingUp.Expect(known, took);
        }
    }
}
