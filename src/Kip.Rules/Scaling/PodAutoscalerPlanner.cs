using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;

namespace Kip.Rules.Scaling;

/// <summary>What is known of one revision's scaling: its PodAutoscaler, its pods, and the autoscaler's last word.</summary>
/// <param name="Autoscaler">As the cache has it.</param>
/// <param name="Target">The Deployment that is scaled; null when there is none (yet).</param>
/// <param name="Pods">How many pods the revision has.</param>
/// <param name="Desired">Pods the decider wants; null before its first decision.</param>
/// <param name="Config"><c>config-autoscaler</c> as it is in force.</param>
/// <param name="Now">The time of the plan.</param>
public sealed record PodAutoscalerView(
    PodAutoscaler Autoscaler, Deployment? Target, PodCounts Pods, int? Desired, AutoscalerConfig Config, DateTimeOffset Now);

/// <summary>Plans a PodAutoscaler: the scale of its Deployment, and a status that says whether the revision is active.</summary>
public static class PodAutoscalerPlanner
{
    private static readonly TimeSpan DefaultProgressDeadline = TimeSpan.FromSeconds(600);

    private static readonly ConditionSet Conditions = ConditionSet.Living(
        PodAutoscalerConditions.Active, PodAutoscalerConditions.ScaleTargetInitialized, PodAutoscalerConditions.SksReady);

    /// <summary>Decides what to set, and what the status should say of it.</summary>
    public static Plan Plan(PodAutoscalerView seen)
    {
        var asked = AutoscalingAnnotations.Read(seen.Autoscaler.Metadata.Annotations);
        var outcome = Scale(seen, asked);
        ValueList<Edit> edits = outcome.Replicas is { } replicas ? [new Edit.Scale(Deployment.Definition, seen.Target!.Key, replicas)] : [];
        return new(
            edits, seen.Autoscaler with { Status = StatusOf(seen, asked, outcome.Want) }, outcome.RequeueAfter,
            IsWaking(seen, outcome.Want) || IsUndecided(seen) ? Resources.Planning.Plan.WhilePodsComeUp : null);
    }

    // A new one is decided upon at once, and that makes another status.
    private static bool IsUndecided(PodAutoscalerView seen) => seen.Desired is null && seen.Autoscaler.Status.Conditions.IsEmpty;

    /// <summary>Whether anything that is read of a scale target differs: how its pods are doing is read from the pods.</summary>
    public static bool Reads(Deployment before, Deployment now) => before.Spec != now.Spec || before.Metadata.Labels != now.Metadata.Labels;

    // All there is to say of it is that its pods are coming up.
    private static bool IsWaking(PodAutoscalerView seen, int? want) =>
        want > 0 && seen.Pods.Ready == 0 && seen.Autoscaler.Status.ActualScale is null or 0 && PodAutoscalerConditions.IsInitialized(seen.Autoscaler)
        && PodAutoscalerConditions.ActivityOf(seen.Autoscaler, seen.Now).State == PodActivity.Inactive;

    /// <summary>How the present decision is carried out. The loop uses it, too, to scale at once, ahead of the status.</summary>
    public static ScaleOutcome Scale(PodAutoscalerView seen, AutoscalingAnnotations asked) => ScaleApplication.Decide(new()
    {
        Desired = seen.Desired,
        Autoscaler = seen.Autoscaler,
        Asked = asked,
        Config = seen.Config,
        Replicas = seen.Target is null ? null : seen.Target.Spec.Replicas ?? 1,
        ProgressDeadline = ProgressDeadline(seen.Target, asked),
        ProxyingSince = DateTimeOffset.MinValue,
        Now = seen.Now,
    });

    // The Deployment carries the deadline that its revision resolved from annotation and ConfigMap.
    private static TimeSpan ProgressDeadline(Deployment? target, AutoscalingAnnotations asked) =>
        asked.ProgressDeadline
        ?? (target?.Spec.ProgressDeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultProgressDeadline);

    private static PodAutoscalerStatus StatusOf(PodAutoscalerView seen, AutoscalingAnnotations asked, int? want)
    {
        var autoscaler = seen.Autoscaler;
        // The gateway serves a revision under its own name from the start; there is no ServerlessService to wait for.
        var conditions = Conditions.Take(autoscaler.Status.Conditions, seen.Now).MarkTrue(PodAutoscalerConditions.SksReady);
        var least = LeastReady(autoscaler, asked, seen.Config);
        if (seen.Pods.Ready >= least) conditions = conditions.MarkTrue(PodAutoscalerConditions.ScaleTargetInitialized);
        conditions = MarkActive(conditions, autoscaler, seen.Pods.Ready, least, want, seen.Now);
        return autoscaler.Status with
        {
            ObservedGeneration = autoscaler.Metadata.Generation,
            ServiceName = autoscaler.Metadata.Name,
            DesiredScale = want ?? autoscaler.Status.DesiredScale,
            ActualScale = seen.Pods.Ready,
            Conditions = conditions.ToList(),
        };
    }

    private static LivingConditions MarkActive(
        LivingConditions conditions, PodAutoscaler autoscaler, int ready, int least, int? want, DateTimeOffset now)
    {
        var activity = PodAutoscalerConditions.ActivityOf(autoscaler, now).State;
        if (want == 0 || least == 0)
        {
            // Zero is wanted of a revision still activating only when it has been given up.
            return activity == PodActivity.Activating && least > 0
                ? conditions.MarkFalse(PodAutoscalerConditions.Active, "TimedOut", "The target could not be activated.")
                : Inactive(conditions);
        }
        // One that was deployed asleep has no decision until it is called; until then it stays asleep.
        if (want is null && activity == PodActivity.Inactive) return ready < least ? Inactive(conditions) : conditions;
        return ready >= least
            ? conditions.MarkTrue(PodAutoscalerConditions.Active)
            : conditions.MarkUnknown(PodAutoscalerConditions.Active, "Queued",
                "Requests to the target are being buffered as resources are provisioned.");
    }

    private static LivingConditions Inactive(LivingConditions conditions) =>
        conditions.MarkFalse(PodAutoscalerConditions.Active, "NoTraffic", "The target is not receiving traffic.");

    /// <summary>How many pods must be ready for the revision to count as active.</summary>
    private static int LeastReady(PodAutoscaler autoscaler, AutoscalingAnnotations asked, AutoscalerConfig config)
    {
        var min = autoscaler.Spec.Reachability == PodReachability.Unreachable ? 0 : asked.MinScale ?? config.MinScale;
        return Math.Max(min, PodAutoscalerConditions.IsInitialized(autoscaler) ? 1 : asked.InitialScaleOrDefault(config));
    }
}
