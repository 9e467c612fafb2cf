using Kip.Resources.Core;

namespace Kip.ApiServer.Tables;

/// <summary>What a table says of a pod.</summary>
internal static class PodCells
{
    public static string Ready(Pod pod) => $"{pod.Status.ContainerStatuses.Count(static c => c.Ready)}/{pod.Spec.Containers.Count}";

    /// <summary>The phase, or what keeps the pod from it: <c>CrashLoopBackOff</c>, <c>Error</c>, <c>Init:0/1</c>, <c>Terminating</c>…</summary>
    public static string Reason(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null) return "Terminating";
        var reason = string.IsNullOrEmpty(pod.Status.Reason) ? pod.Status.Phase ?? "Pending" : pod.Status.Reason;
        if (Initializing(pod) is { } initializing) return initializing;

        // The first container that is not running explains the pod.
        for (var i = pod.Status.ContainerStatuses.Count - 1; i >= 0; i--)
            if (Trouble(pod.Status.ContainerStatuses[i].State) is { } trouble) reason = trouble;
        var anyRuns = pod.Status.ContainerStatuses.Any(static c => c.Ready && c.State?.Running is not null);
        return reason == "Completed" && anyRuns ? "Running" : reason;
    }

    /// <summary>How often containers were started again, and when last: <c>2 (5m ago)</c>.</summary>
    public static string Restarts(Pod pod, DateTimeOffset now)
    {
        var count = pod.Status.ContainerStatuses.Sum(static c => c.RestartCount);
        var last = pod.Status.ContainerStatuses.Max(static c => c.LastState?.Terminated?.FinishedAt);
        return count > 0 && last is not null ? $"{count} ({Durations.Since(last, now)} ago)" : $"{count}";
    }

    private static string? Initializing(Pod pod)
    {
        for (var i = 0; i < pod.Status.InitContainerStatuses.Count; i++)
        {
            var state = pod.Status.InitContainerStatuses[i].State;
            if (state?.Terminated is { ExitCode: 0 }) continue;
            var trouble = state?.Waiting?.Reason is "PodInitializing" ? null : Trouble(state);
            return trouble is null ? $"Init:{i}/{pod.Spec.InitContainers.Count}" : $"Init:{trouble}";
        }
        return null;
    }

    private static string? Trouble(ContainerState? state) => state switch
    {
        { Waiting.Reason: { Length: > 0 } reason } => reason,
        { Terminated.Reason: { Length: > 0 } reason } => reason,
        { Terminated.Signal: > 0 } => $"Signal:{state.Terminated.Signal}",
        { Terminated: not null } => $"ExitCode:{state.Terminated.ExitCode}",
        _ => null,
    };
}
