using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Scaling;

/// <summary>How many pods of a revision there are, by what they can do.</summary>
/// <param name="Ready">Running and ready: they can take requests.</param>
/// <param name="NotReady">Running, but not ready.</param>
/// <param name="Pending">Not running yet.</param>
/// <param name="Terminating">Asked to end, whatever they were before.</param>
public readonly record struct PodCounts(int Ready, int NotReady, int Pending, int Terminating)
{
    /// <summary>All pods that have not ended.</summary>
    public int Total => Ready + NotReady + Pending + Terminating;

    /// <summary>Counts the pods of one revision; pods that have run to their end are left out.</summary>
    public static PodCounts Of(IReadOnlyCollection<Pod> pods)
    {
        int ready = 0, notReady = 0, pending = 0, terminating = 0;
        foreach (var pod in pods)
        {
            if (pod.Status.Phase is "Succeeded" or "Failed") continue;
            if (pod.Metadata.DeletionTimestamp is not null) terminating++;
            else if (pod.Status.Phase != "Running") pending++;
            else if (pod.Status.Conditions.IsTrue("Ready")) ready++;
            else notReady++;
        }
        return new(ready, notReady, pending, terminating);
    }
}
