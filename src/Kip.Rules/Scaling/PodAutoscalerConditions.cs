using Kip.Resources;
using Kip.Resources.Autoscaling;

namespace Kip.Rules.Scaling;

/// <summary>What a PodAutoscaler's <c>Active</c> condition says.</summary>
public enum PodActivity
{
    /// <summary>Unknown: pods are on their way.</summary>
    Activating,
    Active,
    Inactive,
}

/// <summary>The conditions of a PodAutoscaler: their names, and how they are read.</summary>
public static class PodAutoscalerConditions
{
    public const string Active = "Active";
    public const string ScaleTargetInitialized = "ScaleTargetInitialized";
    public const string SksReady = "SKSReady";

    /// <summary>What the revision is doing, and for how long. One that was never looked at is activating since it was made.</summary>
    public static (PodActivity State, TimeSpan For) ActivityOf(PodAutoscaler autoscaler, DateTimeOffset now)
    {
        var condition = Find(autoscaler, Active);
        var since = condition?.LastTransitionTime ?? autoscaler.Metadata.CreationTimestamp ?? now;
        var state = condition?.Status switch
        {
            ConditionStatus.True => PodActivity.Active,
            ConditionStatus.False => PodActivity.Inactive,
            _ => PodActivity.Activating,
        };
        return (state, now - since);
    }

    /// <summary>Whether the revision has once had the pods that it was to start with; it stays so.</summary>
    public static bool IsInitialized(PodAutoscaler autoscaler) => Find(autoscaler, ScaleTargetInitialized)?.Status == ConditionStatus.True;

    private static Condition? Find(PodAutoscaler autoscaler, string type)
    {
        foreach (var condition in autoscaler.Status.Conditions)
            if (condition.Type == type) return condition;
        return null;
    }
}
