using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Rules.Conditions;

namespace Kip.Runtime.Deployments;

/// <summary>A Deployment's status: counts, and the conditions Available, Progressing and ReplicaFailure with Kubernetes' reasons.</summary>
internal static class DeploymentStatusRules
{
    private const int DefaultDeadlineSeconds = 600;
    private const string Available = "Available";
    private const string Progressing = "Progressing";
    private const string NewReplicaSetAvailable = "NewReplicaSetAvailable";
    private const string TimedOut = "ProgressDeadlineExceeded";

    /// <summary>The status, and when to look again because of the clock alone.</summary>
    public static (DeploymentStatus Status, TimeSpan? LookAgain) Next(DeploymentView seen, PodGroups pods)
    {
        var before = seen.Deployment.Status;
        var available = pods.Active.Count(pods.IsAvailable);
        var total = pods.New.Length + pods.Old.Length;
        var status = before with
        {
            ObservedGeneration = seen.Deployment.Metadata.Generation,
            Replicas = total,
            UpdatedReplicas = pods.New.Length,
            ReadyReplicas = pods.Active.Count(static p => p.IsReady),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, Math.Max(total, pods.Count.Replicas) - available),
            TerminatingReplicas = seen.Pods.Count(static p => p.IsTerminating) is var leaving and > 0 ? leaving : null,
        };
        var now = seen.Now.WholeSeconds();
        var conditions = SetAvailable(before.Conditions, available >= pods.Count.MinAvailable, now);
        conditions = SetProgressing(conditions, seen, pods, status);
        conditions = ReplicaFailure.In(conditions, seen.CreateFailure, now);
        status = status with { Conditions = conditions };
        return (status, LookAgain(seen, pods, status, available));
    }

    /// <summary>Whether all there is to say is that pods are coming up where there were none, of a template that is rolled out.</summary>
    public static bool MayWait(DeploymentView seen, PodGroups pods) =>
        seen.CreateFailure is null && !pods.Paused && pods.Count.Replicas > 0 && pods.Old.IsEmpty && pods.Finished.IsEmpty
        && seen.Deployment.Status is { ReadyReplicas: 0, AvailableReplicas: 0 } before
        && before.Conditions.Find(Progressing)?.Reason == NewReplicaSetAvailable && !pods.New.Any(static p => p.IsReady);

    private static ValueList<Condition> SetAvailable(ValueList<Condition> conditions, bool enough, DateTimeOffset now) => enough
        ? conditions.Marked(Available, ConditionStatus.True, "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
        : conditions.Marked(Available, ConditionStatus.False, "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now);

    private static ValueList<Condition> SetProgressing(ValueList<Condition> conditions, DeploymentView seen, PodGroups pods, DeploymentStatus status)
    {
        // Named as Kubernetes does: the ReplicaSet once it is there.
        var who = pods.Current is { } set ? $"ReplicaSet \"{set.Metadata.Name}\"" : $"Deployment \"{seen.Deployment.Metadata.Name}\"";
        var before = seen.Deployment.Status;
        var current = conditions.Find(Progressing);
        var now = seen.Now.WholeSeconds();
        if (pods.Paused) return conditions.Marked(Progressing, ConditionStatus.Unknown, "DeploymentPaused", "Deployment is paused", now);
        // A rollout that was completed stays so while it is scaled: a slow wake-up is not a failed rollout.
        if (current?.Reason == NewReplicaSetAvailable && status.Replicas == status.UpdatedReplicas) return conditions;
        var wanted = pods.Count.Replicas;
        if (status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted)
            return conditions.Marked(Progressing, ConditionStatus.True, NewReplicaSetAvailable, $"{who} has successfully progressed.", now);
        if (current is null)
        {
            var said = pods.Current is { } created ? $"Created new replica set \"{created.Metadata.Name}\"" : "Created new replica set";
            return conditions.Marked(Progressing, ConditionStatus.True, "NewReplicaSetCreated", said, now);
        }
        if (HasProgressed(before, status) || current.Reason is NewReplicaSetAvailable or "DeploymentPaused")
            return conditions.Touched(Progressing, ConditionStatus.True, "ReplicaSetUpdated", $"{who} is progressing.", now);
        return Deadline(seen.Deployment, current) is { } deadline && seen.Now >= deadline
            ? conditions.Marked(Progressing, ConditionStatus.False, TimedOut, $"{who} has timed out progressing.", now) : conditions;
    }

    private static bool HasProgressed(DeploymentStatus before, DeploymentStatus now) =>
        now.UpdatedReplicas > before.UpdatedReplicas
        || now.Replicas - now.UpdatedReplicas < before.Replicas - before.UpdatedReplicas
        || now.ReadyReplicas > before.ReadyReplicas
        || now.AvailableReplicas > before.AvailableReplicas;

    private static DateTimeOffset? Deadline(Deployment deployment, Condition progressing)
    {
        var seconds = deployment.Spec.ProgressDeadlineSeconds ?? DefaultDeadlineSeconds;
        // Kubernetes' way of saying "no deadline".
        if (seconds == int.MaxValue || progressing.Reason is TimedOut or NewReplicaSetAvailable) return null;
        return (progressing.LastUpdateTime ?? progressing.LastTransitionTime)?.AddSeconds(seconds);
    }

    private static TimeSpan? LookAgain(DeploymentView seen, PodGroups pods, DeploymentStatus status, int available)
    {
        var next = (TimeSpan?)null;
        var progressing = status.Conditions.FirstOrDefault(static c => c.Type == Progressing);
        if (progressing is { Status: ConditionStatus.True } && Deadline(seen.Deployment, progressing) is { } deadline)
            next = deadline - seen.Now;
        if (seen.Deployment.Spec.MinReadySeconds > 0 && available < pods.Active.Count(static p => p.IsReady))
            next = Shorter(next, TimeSpan.FromSeconds(1));
        return next is { } wait ? Shorter(TimeSpan.MaxValue, wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait) : null;
    }

    private static TimeSpan Shorter(TimeSpan? one, TimeSpan other) => one is { } known && known < other ? known : other;
}
