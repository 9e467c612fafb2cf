namespace Kip.Runtime.Pods;

/// <summary>Why a pod was ended before its time.</summary>
/// <param name="Reason">The kubelet's word: <c>DeadlineExceeded</c>, <c>Evicted</c>.</param>
/// <param name="Message">The same as a sentence.</param>
public sealed record PodFailure(string Reason, string Message)
{
    public static readonly PodFailure Expired = new("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");

    public static PodFailure Evicted(string why) => new("Evicted", why);
}
