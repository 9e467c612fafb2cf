using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Revisions;

/// <summary>What a Revision's Deployment, pods and PodAutoscaler mean for its conditions.</summary>
internal static class RevisionHealth
{
    private const string DeadlineExceeded = "ProgressDeadlineExceeded";

    /// <summary>ResourcesAvailable follows the Deployment's progress; pods that cannot be made count at once.</summary>
    public static LivingConditions FromDeployment(Deployment deployment, LivingConditions conditions)
    {
        var stated = deployment.Status.Conditions;
        if (stated.Find("ReplicaFailure") is { Status: ConditionStatus.True } failure)
            return conditions.MarkFalse(RevisionPlanner.ResourcesAvailable, failure.Reason ?? "FailedCreate", failure.Message);
        return stated.Find("Progressing") switch
        {
            { Status: ConditionStatus.True } => conditions.MarkTrue(RevisionPlanner.ResourcesAvailable),
            { Status: ConditionStatus.False } stuck =>
                conditions.MarkFalse(RevisionPlanner.ResourcesAvailable, stuck.Reason ?? DeadlineExceeded, stuck.Message),
            { } unknown => conditions.MarkUnknown(RevisionPlanner.ResourcesAvailable, unknown.Reason, unknown.Message),
            null => conditions.MarkUnknown(RevisionPlanner.ResourcesAvailable, RevisionPlanner.Deploying, null),
        };
    }

    /// <summary>A pod in trouble speaks for all while none is available; one that is ready proves the containers healthy.</summary>
    public static LivingConditions FromPods(Deployment deployment, ValueList<Pod> pods, DeploymentConfig config,
        LivingConditions conditions)
    {
        if (deployment is { Spec.Replicas: > 0, Status.AvailableReplicas: 0 } && Sample(pods) is { } pod)
        {
            if (!config.PodIsAlwaysSchedulable
                && pod.Status.Conditions.Find("PodScheduled") is { Status: ConditionStatus.False } unscheduled)
                conditions = conditions.MarkFalse(RevisionPlanner.ResourcesAvailable, unscheduled.Reason ?? "Unschedulable",
                    unscheduled.Message);
            conditions = FromContainers(pod, HasTimedOut(deployment), conditions);
        }
        return deployment.Status.ReadyReplicas > 0 ? conditions.MarkTrue(RevisionPlanner.ContainerHealthy) : conditions;
    }

    /// <summary>
    /// Copies the scale, mirrors Ready as Active, and settles the Revision once its first scale was reached, or was given up.
    /// </summary>
    public static RevisionStatus FromAutoscaler(PodAutoscaler? autoscaler, RevisionStatus status, ref LivingConditions conditions)
    {
        var ready = autoscaler?.Status.Conditions.Find(ConditionSet.Ready);
        var isBad = conditions.IsFalse(RevisionPlanner.ResourcesAvailable);
        var scale = autoscaler?.Status;
        status = status with { ActualReplicas = NotNegative(scale?.ActualScale), DesiredReplicas = NotNegative(scale?.DesiredScale) };
        if (ready is null)
        {
            conditions = conditions.MarkUnknown(RevisionPlanner.Active, RevisionPlanner.Deploying, null);
            if (!isBad) conditions = conditions.MarkUnknown(RevisionPlanner.ResourcesAvailable, RevisionPlanner.Deploying, null);
            return status;
        }
        var isInitialized = autoscaler!.Status.Conditions.IsTrue("ScaleTargetInitialized");
        if (isInitialized && !isBad && !conditions.IsFalse(RevisionPlanner.ContainerHealthy))
            conditions = conditions.MarkTrue(RevisionPlanner.ResourcesAvailable).MarkTrue(RevisionPlanner.ContainerHealthy);
        if (!isInitialized && conditions.IsTrue(RevisionPlanner.ResourcesAvailable))
            conditions = conditions.MarkUnknown(RevisionPlanner.ResourcesAvailable, RevisionPlanner.Deploying, null);
        // Scaled down before the first scale was ever reached: the autoscaler has given up.
        if (ready.Status == ConditionStatus.False && !isInitialized && !isBad)
            conditions = conditions.MarkFalse(RevisionPlanner.ResourcesAvailable, DeadlineExceeded, "Initial scale was never achieved");
        conditions = conditions.Copy(RevisionPlanner.Active, ready);
        return status;
    }

    private static LivingConditions FromContainers(Pod pod, bool hasTimedOut, LivingConditions conditions)
    {
        foreach (var container in pod.Status.ContainerStatuses)
        {
            if ((container.LastState?.Terminated ?? container.State?.Terminated) is { } ended)
                return conditions.MarkFalse(RevisionPlanner.ContainerHealthy, $"ExitCode{ended.ExitCode}",
                    $"Container failed with: {WhyEnded(ended)}");
            if (hasTimedOut && container.State?.Waiting is { } waiting)
                return conditions.MarkFalse(RevisionPlanner.ResourcesAvailable, waiting.Reason ?? DeadlineExceeded, waiting.Message);
        }
        return conditions;
    }

    private static string WhyEnded(ContainerStateTerminated ended) =>
        !string.IsNullOrEmpty(ended.Message) ? ended.Message
        : ended.ExitCode == 0 ? "container exited with no error"
        : $"exit code {ended.ExitCode}, no message; see its log";

    // The same pod whatever order they come in; one that is on its way out says nothing about the Revision.
    private static Pod? Sample(ValueList<Pod> pods) => pods
        .Where(static p => p.Metadata.DeletionTimestamp is null)
        .MinBy(static p => p.Metadata.Name, StringComparer.Ordinal);

    private static bool HasTimedOut(Deployment deployment) =>
        deployment.Status.Conditions.Find("Progressing") is { Status: ConditionStatus.False, Reason: DeadlineExceeded };

    private static int? NotNegative(int? scale) => scale >= 0 ? scale : null;
}
