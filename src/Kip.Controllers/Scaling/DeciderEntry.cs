using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Rules.Scaling;

namespace Kip.Controllers.Scaling;

/// <summary>One revision in the autoscaler's books. The loop writes; others read the last decisions.</summary>
internal sealed class DeciderEntry(NamespacedName key, Decider decider)
{
    private const int Kept = 8;

    private ScaleDecision? _last;
    private ScaleDecision[] _history = [];

    public NamespacedName Key => key;

    public Decider Decider => decider;

    /// <summary>What the spec was resolved from; when they are still the same, it is, too.</summary>
    public PodAutoscaler? ResolvedFrom { get; set; }
    public AutoscalerConfig? ResolvedWith { get; set; }
    public AutoscalingAnnotations Asked { get; set; } = AutoscalingAnnotations.None;

    /// <summary>Whether it has had requests since the platform's start: then it is worth a line in the metrics.</summary>
    public bool WasAwake { get; set; }

    /// <summary>The last decision; null before the first. Safe to read from any thread.</summary>
    public ScaleDecision? Last => Volatile.Read(ref _last);

    /// <summary>The last decisions that changed something, oldest first, and the last of all. Safe to read from any thread.</summary>
    public IReadOnlyList<ScaleDecision> History()
    {
        var history = Volatile.Read(ref _history);
        return Last is { } last && (history.Length == 0 || !ReferenceEquals(history[^1], last)) ? [.. history, last] : history;
    }

    /// <summary>Enters a decision; true when another number of pods is wanted than before.</summary>
    public bool Enter(ScaleDecision decision)
    {
        var before = _last;
        Volatile.Write(ref _last, decision);
        var isChange = before?.Desired != decision.Desired;
        if (isChange || before!.IsPanicking != decision.IsPanicking)
            Volatile.Write(ref _history, [.. _history.Length < Kept ? _history : _history[1..], decision]);
        return isChange;
    }
}
