using Kip.Client.Pods;

namespace Kip.Testing.Scaling;

/// <summary>Every pod uses the same, as the test says.</summary>
public sealed class FakePodUsage(TimeProvider time) : IPodUsage
{
    private DateTimeOffset _last = time.GetUtcNow();
    private TimeSpan _used;

    /// <summary>Cores that each pod is busy with.</summary>
    public double Cores { get; set; }

    public long MemoryBytes { get; set; }

    public IReadOnlyDictionary<string, PodUsage> Measure(IReadOnlyCollection<string> podUids)
    {
        var now = time.GetUtcNow();
        _used += (now - _last) * Cores;
        _last = now;
        return podUids.ToDictionary(static uid => uid, _ => new PodUsage(_used, MemoryBytes));
    }
}
