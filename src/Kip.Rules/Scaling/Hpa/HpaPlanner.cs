using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;

namespace Kip.Rules.Scaling.Hpa;

/// <summary>Plans a PodAutoscaler of the class hpa: the scale of its Deployment, and a status that is always active.</summary>
public static class HpaPlanner
{
    private static readonly ConditionSet Conditions = ConditionSet.Living(
        PodAutoscalerConditions.Active, PodAutoscalerConditions.ScaleTargetInitialized, PodAutoscalerConditions.SksReady);

    /// <summary>Decides what to set, and what the status should say of it.</summary>
    /// <param name="seen">Its <c>Desired</c> is the last decision; null before the first, when only the bounds count.</param>
    public static Plan Plan(PodAutoscalerView seen)
    {
        var asked = AutoscalingAnnotations.Read(seen.Autoscaler.Metadata.Annotations);
        var spec = HpaSpec.For(asked, seen.Config);
        var replicas = seen.Target?.Spec.Replicas ?? 1;
        var wanted = Math.Max(seen.Desired ?? replicas, spec.Min);
        if (spec.Max > 0) wanted = Math.Min(wanted, spec.Max);
        ValueList<Edit> edits = seen.Target is not null && wanted != replicas ? [new Edit.Scale(Deployment.Definition, seen.Target.Key, wanted)] : [];

        var least = Math.Max(asked.MinScale ?? seen.Config.MinScale, asked.InitialScaleOrDefault(seen.Config));
        var conditions = Conditions.Take(seen.Autoscaler.Status.Conditions, seen.Now)
            .MarkTrue(PodAutoscalerConditions.SksReady).MarkTrue(PodAutoscalerConditions.Active);
        if (seen.Pods.Ready >= Math.Max(1, least)) conditions = conditions.MarkTrue(PodAutoscalerConditions.ScaleTargetInitialized);
        return new Plan(edits, seen.Autoscaler with
        {
            Status = seen.Autoscaler.Status with
            {
                ObservedGeneration = seen.Autoscaler.Metadata.Generation,
                ServiceName = seen.Autoscaler.Metadata.Name,
                DesiredScale = wanted,
                ActualScale = seen.Pods.Ready,
                Conditions = conditions.ToList(),
            },
        });
    }
}
