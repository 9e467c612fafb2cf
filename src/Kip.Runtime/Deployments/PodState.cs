using System.Globalization;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Runtime.Deployments;

/// <summary>What the controllers ask about a pod.</summary>
internal static class PodState
{
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    extension(Pod pod)
    {
        public bool IsTerminating => pod.Metadata.DeletionTimestamp is not null;

        public bool IsFinished => pod.Status.Phase is "Succeeded" or "Failed";

        /// <summary>Counts toward the replicas: neither leaving nor ended.</summary>
        public bool IsActive => !pod.IsTerminating && !pod.IsFinished;

        public bool IsReady => pod.Status.Conditions.IsTrue("Ready");

        public Condition? ReadyCondition => pod.Status.Conditions.Find("Ready");

        /// <summary>Ready for at least so long.</summary>
        public bool IsAvailable(int minReadySeconds, DateTimeOffset now) =>
            pod.IsReady
                && (minReadySeconds <= 0 || pod.ReadyCondition?.LastTransitionTime is { } since && now - since >= TimeSpan.FromSeconds(minReadySeconds));
    }

    /// <summary>Who goes first when there are too many: Kubernetes' ActivePods order.</summary>
    /// <remarks>
    /// Unassigned, then pending, then not ready, then cheaper to delete, then with fewer requests (which Kubernetes does not know), then ready for
    /// less time, then restarted more, then younger.
    /// </remarks>
    public static IEnumerable<Pod> FirstToGo(IEnumerable<Pod> pods, Func<Pod, int>? requestsAt = null) => pods
        .OrderBy(static p => string.IsNullOrEmpty(p.Spec.NodeName) ? 0 : 1)
        .ThenBy(static p => p.Status.Phase switch { "Running" => 2, "Unknown" => 1, _ => 0 })
        .ThenBy(static p => p.IsReady ? 1 : 0)
        .ThenBy(static p => int.TryParse(p.Metadata.Annotations.Get(DeletionCost), CultureInfo.InvariantCulture, out var cost) ? cost : 0)
        .ThenBy(p => requestsAt?.Invoke(p) ?? 0)
        .ThenByDescending(static p => p.IsReady ? p.ReadyCondition?.LastTransitionTime ?? DateTimeOffset.MaxValue : DateTimeOffset.MaxValue)
        .ThenByDescending(Restarts)
        .ThenByDescending(static p => p.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
        .ThenBy(static p => p.Metadata.Name, StringComparer.Ordinal);

    private static int Restarts(Pod pod)
    {
        var most = 0;
        foreach (var container in pod.Status.ContainerStatuses) most = Math.Max(most, container.RestartCount);
        return most;
    }
}
