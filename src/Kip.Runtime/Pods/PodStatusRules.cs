using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Scheduling;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Pods;

/// <summary>A pod's status from what is known of its containers, as the kubelet forms it (kubelet_pods.go, status/generate.go).</summary>
public static class PodStatusRules
{
    /// <summary>Where every process pod is reached, and this machine by those on it.</summary>
    public const string Loopback = "127.0.0.1";

    /// <summary>The status to write.</summary>
    /// <param name="pod">The pod; its present status gives the times of conditions that stay.</param>
    /// <param name="address">Where the pod is reached. Null: it has no address yet.</param>
    /// <param name="init">The init containers, in the spec's order.</param>
    /// <param name="containers">The others, in the spec's order.</param>
    /// <param name="now">The present time.</param>
    public static PodStatus Next(
        Pod pod, string? address, IReadOnlyList<ContainerFacts> init, IReadOnlyList<ContainerFacts> containers, DateTimeOffset now)
    {
        var before = pod.Status;
        // The wire keeps whole seconds, and what differs only below them is no news.
        now = now.WholeSeconds();
        var uninitialized = Uninitialized(pod.Spec, init);
        var phase = uninitialized.Length == 0 ? Phase(pod.Spec.RestartPolicy, containers)
            : pod.Spec.RestartPolicy == "Never" && init.Any(static c => c.State.Terminated is { ExitCode: not 0 }) ? "Failed" : "Pending";
        return before with
        {
            Phase = phase,
            HostIP = Loopback,
            PodIP = address,
            PodIPs = address is null ? [] : [new PodIP { Ip = address }],
            StartTime = before.StartTime ?? now,
            QosClass = before.QosClass ?? QualityOfService(pod.Spec),
            InitContainerStatuses = init.Select(static c => c.ToStatus()).ToValueList(),
            ContainerStatuses = containers.Select(static c => c.ToStatus()).ToValueList(),
            Conditions = Conditions(before.Conditions, phase, address, uninitialized, containers, now),
        };
    }

    /// <summary>The same pod, said not to be ready: its processes are gone with the platform's earlier life.</summary>
    public static PodStatus NotReady(PodStatus status, DateTimeOffset now) => status with
    {
        Conditions = status.Conditions.Select(c => c.Type is "Ready" or "ContainersReady" && c.Status == ConditionStatus.True
            ? c with
            {
                Status = ConditionStatus.False, Reason = "ContainersNotReady", Message = "the platform was restarted",
                LastTransitionTime = now.WholeSeconds(),
            }
            : c).ToValueList(),
        ContainerStatuses = status.ContainerStatuses.Select(static c => c with { Ready = false }).ToValueList(),
    };

    /// <summary>The status of a pod that the node cannot run: it waits, and nothing of it has begun (kube-scheduler).</summary>
    /// <param name="pod">The pod; its present status gives the time of a condition that stays.</param>
    /// <param name="why">In the scheduler's words.</param>
    /// <param name="now">The present time.</param>
    public static PodStatus Unschedulable(Pod pod, string why, DateTimeOffset now)
    {
        var old = pod.Status.Conditions.FirstOrDefault(static c => c is { Type: "PodScheduled", Status: ConditionStatus.False });
        return new PodStatus
        {
            Phase = "Pending",
            QosClass = pod.Status.QosClass ?? QualityOfService(pod.Spec),
            Conditions =
            [
                new()
                {
                    Type = "PodScheduled", Status = ConditionStatus.False, Reason = NodeRoom.Unschedulable, Message = why,
                    LastTransitionTime = old?.LastTransitionTime ?? now.WholeSeconds(),
                },
            ],
        };
    }

    /// <summary>The same pod, failed because it was ended: it ran longer than its <c>activeDeadlineSeconds</c>, or used too much of the disk.</summary>
    public static PodStatus Failed(PodStatus status, PodFailure why) => status with { Phase = "Failed", Reason = why.Reason, Message = why.Message };

    /// <summary>Pending until every container has run; then running, until none will run again.</summary>
    public static string Phase(string? restartPolicy, IReadOnlyList<ContainerFacts> containers)
    {
        var running = containers.Count(static c => c.State.Running is not null);
        if (containers.Any(static c => c.State.Waiting is not null && c.LastState?.Terminated is null)) return "Pending";
        if (running > 0) return "Running";
        if (restartPolicy is null or "" or "Always") return "Running";
        if (containers.Any(static c => c.State.Terminated is null)) return "Running";
        if (containers.All(static c => c.State.Terminated!.ExitCode == 0)) return "Succeeded";
        return restartPolicy == "Never" ? "Failed" : "Running";
    }

    /// <summary>The init containers that have not done their part: ended well, or, for one that goes on beside the others, started.</summary>
    private static string[] Uninitialized(PodSpec spec, IReadOnlyList<ContainerFacts> init) =>
        [.. spec.InitContainers.Zip(init).Where(static p => !IsDone(p.First, p.Second)).Select(static p => p.Second.Name)];

    private static bool IsDone(Container container, ContainerFacts facts) =>
        container.RestartPolicy == "Always" ? facts.Started : facts.State.Terminated is { ExitCode: 0 };

    private static ValueList<Condition> Conditions(
        ValueList<Condition> before, string phase, string? address, string[] uninitialized, IReadOnlyList<ContainerFacts> containers, DateTimeOffset now)
    {
        var (status, reason, message) = Readiness(phase, containers);
        Condition[] wanted =
        [
            new()
            {
                Type = "PodReadyToStartContainers",
                Status = phase is "Succeeded" or "Failed" || address is null ? ConditionStatus.False : ConditionStatus.True,
            },
            uninitialized.Length == 0
                ? new() { Type = "Initialized", Status = ConditionStatus.True, Reason = phase == "Succeeded" ? "PodCompleted" : null }
                : new()
                {
                    Type = "Initialized", Status = ConditionStatus.False, Reason = "ContainersNotInitialized",
                    Message = $"containers with incomplete status: [{string.Join(' ', uninitialized)}]",
                },
            new() { Type = "Ready", Status = status, Reason = reason, Message = message },
            new() { Type = "ContainersReady", Status = status, Reason = reason, Message = message },
            new() { Type = "PodScheduled", Status = ConditionStatus.True },
        ];
        return wanted.Select(next =>
        {
            var old = before.FirstOrDefault(c => c.Type == next.Type);
            return next with { LastTransitionTime = old?.Status == next.Status ? old.LastTransitionTime ?? now : now };
        }).ToValueList();
    }

    private static (string Status, string? Reason, string? Message) Readiness(string phase, IReadOnlyList<ContainerFacts> containers)
    {
        if (phase == "Succeeded") return (ConditionStatus.False, "PodCompleted", null);
        if (phase == "Failed") return (ConditionStatus.False, "PodFailed", null);
        var unready = containers.Where(static c => !c.IsReady).Select(static c => c.Name).ToArray();
        return unready.Length == 0
            ? (ConditionStatus.True, null, null)
            : (ConditionStatus.False, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static string QualityOfService(PodSpec spec)
    {
        var any = false;
        var all = true;
        foreach (var container in spec.Containers)
        {
            var (limits, requests) = (container.Resources?.Limits ?? default, container.Resources?.Requests ?? default);
            any |= !limits.IsEmpty || !requests.IsEmpty;
            foreach (var resource in (string[])["cpu", "memory"])
                all &= limits.Get(resource) is { } limit && (requests.Get(resource) ?? limit) == limit;
        }
        return !any ? "BestEffort" : all ? "Guaranteed" : "Burstable";
    }
}
