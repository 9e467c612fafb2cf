using Kip.Resources.Core;

namespace Kip.Client.Pods;

/// <summary>Opens connections to pods' ports, for <c>kubectl port-forward</c>.</summary>
public interface IPodForward
{
    /// <summary>Connects to a port that a container of the pod declares or listens on.</summary>
    /// <exception cref="IOException">Nobody listens there; the message says where.</exception>
    Task<Stream> ConnectAsync(Pod pod, int port, CancellationToken cancel);
}
