using System.Collections.Concurrent;
using System.Threading.Channels;
using Kip.Rules.Scaling;
using Kip.Traffic.Activation;

namespace Kip.Traffic.Stats;

/// <summary>Tells the autoscaler once a second how busy each active revision is, and at once when an idle one gets its first request.</summary>
/// <remarks>Follows Knative's activator: a revision that was idle over a whole period is reported once with zero and then no more.</remarks>
public sealed class StatReporter(ChannelWriter<RevisionStat> stats)
{
    /// <summary>How often <see cref="Report"/> is to be called.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<RevisionBackend, bool> _active = [];

    /// <summary>How many revisions are reported on.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>The revisions that are reported on.</summary>
    public IEnumerable<RevisionBackend> Active => _active.Select(static entry => entry.Key);

    /// <summary>Counts a request in. Give it back with <see cref="Leave"/>.</summary>
    /// <returns>Whether the autoscaler has been poked because the revision was idle.</returns>
    public bool Enter(RevisionBackend backend)
    {
        if (!backend.Meter.Enter()) return false;
        _active[backend] = true;
        Poke(backend);
        return true;
    }

    /// <summary>Counts a request out.</summary>
    public static void Leave(RevisionBackend backend) => backend.Meter.Leave();

    /// <summary>Tells the autoscaler now that a request waits.</summary>
    public void Poke(RevisionBackend backend) => stats.TryWrite(backend.Meter.Poke());

    /// <summary>Ends a period for every active revision.</summary>
    public void Report()
    {
        foreach (var (backend, _) in _active)
        {
            // Taken out first and put back after, so that a request that comes in between is not forgotten.
            _active.TryRemove(backend, out _);
            stats.TryWrite(backend.Meter.Report(out var arrived, out var idle));
            backend.Judge(arrived);
            if (idle) backend.ForgetLoad();
            else _active[backend] = true;
        }
    }
}
