namespace Kip.Runtime.Pods.Slots;

/// <summary>A container cannot be started as it is declared.</summary>
/// <param name="reason">The kubelet's word for it: <c>ErrImagePull</c>, <c>CreateContainerConfigError</c>, <c>StartError</c>…</param>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class ContainerSetupException(string reason, string message) : Exception(message)
{
    public string Reason => reason;
}
