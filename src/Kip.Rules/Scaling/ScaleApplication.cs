using Kip.Resources;
using Kip.Resources.Autoscaling;

namespace Kip.Rules.Scaling;

/// <summary>What is known when a decision is to be carried out.</summary>
public sealed record ScaleView
{
    /// <summary>Pods the decider wants; null before its first decision.</summary>
    public required int? Desired { get; init; }
    public required PodAutoscaler Autoscaler { get; init; }
    public required AutoscalingAnnotations Asked { get; init; }
    public required AutoscalerConfig Config { get; init; }

    /// <summary>The scale target's replicas; null when the target is not there (yet).</summary>
    public required int? Replicas { get; init; }

    /// <summary>How long the revision may take to become ready.</summary>
    public required TimeSpan ProgressDeadline { get; init; }

    /// <summary>Since when requests to the revision are caught by the gateway when no pod is ready.</summary>
    /// <remarks>In Kip since ever (<see cref="DateTimeOffset.MinValue"/>): the gateway never leaves the path.</remarks>
    public required DateTimeOffset ProxyingSince { get; init; }
    public required DateTimeOffset Now { get; init; }
}

/// <summary>How a decision is carried out.</summary>
/// <param name="Want">Pods wanted within the bounds; null: no change is wanted now, for want of a decision or while one is held back.</param>
/// <param name="Replicas">What to set the scale target to; null: leave it.</param>
/// <param name="RequeueAfter">When to look again; null: when something changes.</param>
public readonly record struct ScaleOutcome(int? Want, int? Replicas = null, TimeSpan? RequeueAfter = null);

/// <summary>Turns the number of pods that the load calls for into the number that is set: bounds, initial scale, and when zero is allowed.</summary>
public static class ScaleApplication
{
    /// <summary>Time beyond the progress deadline until a revision that does not become ready is given up.</summary>
    public static readonly TimeSpan ActivationTimeoutBuffer = TimeSpan.FromSeconds(30);

    /// <summary>Decides what to set. Same inputs, same result.</summary>
    public static ScaleOutcome Decide(ScaleView seen)
    {
        var activity = PodAutoscalerConditions.ActivityOf(seen.Autoscaler, seen.Now);
        if (seen.Desired is null && activity.State != PodActivity.Activating) return new(null);

        // A revision that was never measured wants nothing of its own: only its bounds count.
        var (min, max) = Bounds(seen.Autoscaler, seen.Asked, seen.Config);
        var desired = Math.Max(seen.Desired ?? 0, min);
        if (max > 0) desired = Math.Min(desired, max);

        var outcome = desired == 0 ? DecideZero(seen, activity) : new(desired, desired);
        return outcome.Replicas == seen.Replicas || seen.Replicas is null ? outcome with { Replicas = null } : outcome;
    }

    /// <summary>The least and the most pods; a most of 0 is no limit. Until it has started once, the initial scale is a least, too.</summary>
    public static (int Min, int Max) Bounds(PodAutoscaler autoscaler, AutoscalingAnnotations asked, AutoscalerConfig config)
    {
        var isReachable = autoscaler.Spec.Reachability != PodReachability.Unreachable;
        var min = isReachable ? asked.MinScale ?? config.MinScale : 0;
        var initial = asked.InitialScaleOrDefault(config);
        if (initial > 1 && isReachable && !PodAutoscalerConditions.IsInitialized(autoscaler)) min = Math.Max(min, initial);
        return (min, asked.MaxScale ?? config.MaxScale);
    }

    private static ScaleOutcome DecideZero(ScaleView seen, (PodActivity State, TimeSpan For) activity)
    {
        if (!seen.Config.EnableScaleToZero) return new(1, 1);
        switch (activity.State)
        {
            // Deployed asleep, it has nothing to come up for.
            case PodActivity.Activating when seen is { Replicas: null or 0, Autoscaler.Status.Conditions.IsEmpty: true }
                && seen.Asked.InitialScaleOrDefault(seen.Config) == 0:
                return new(0, 0);

            case PodActivity.Activating:
                var timeout = seen.ProgressDeadline + ActivationTimeoutBuffer;
                return activity.For > timeout ? new(0, 0) : new(null, null, Until(timeout - activity.For));

            case PodActivity.Active:
                // Want without replicas: the status says inactive first, and the pods go when that has been seen.
                var window = seen.Asked.Window ?? seen.Config.StableWindow;
                return activity.For >= window ? new(0) : new(1, 1, Until(window - activity.For));

            default:
                return DecideLastPod(seen, activity.For);
        }
    }

    private static ScaleOutcome DecideLastPod(ScaleView seen, TimeSpan inactive)
    {
        var grace = seen.Config.ScaleToZeroGracePeriod;
        var retention = seen.Autoscaler.Spec.Reachability == PodReachability.Unreachable
            ? TimeSpan.Zero
            : seen.Asked.PodRetention ?? seen.Config.ScaleToZeroPodRetention;
        if (inactive >= (grace > retention ? grace : retention)) return new(0, 0);
        if (inactive < retention) return new(0, null, Until(retention - inactive));

        // The last pod stays until requests have been caught by the gateway for the grace period.
        var proxying = seen.Now - seen.ProxyingSince;
        return proxying >= grace ? new(0, 0) : new(0, null, Until(grace - proxying));
    }

    private static TimeSpan Until(TimeSpan rest) => rest > TimeSpan.Zero ? rest : TimeSpan.FromMilliseconds(1);
}
