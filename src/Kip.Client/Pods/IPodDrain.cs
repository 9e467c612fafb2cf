using Kip.Resources;

namespace Kip.Client.Pods;

/// <summary>Asks whoever sends requests to a pod to stop, and waits for those under way: the queue-proxy's <c>/wait-for-drain</c>.</summary>
/// <remarks>The gateway answers it, the runtime calls it before it ends a pod's processes; so no request is cut by a scale-down or a rollout.</remarks>
public interface IPodDrain
{
    /// <summary>From now on no new request goes to the pod. Completes when no request is left there, or when cancelled.</summary>
    Task DrainAsync(NamespacedName pod, string uid, CancellationToken cancel);

    /// <summary>How many requests the pod has now: of several that may go, the idle ones go first. 0 where nobody counts.</summary>
    int RequestsAt(NamespacedName pod, string uid) => 0;
}
