using Kip.Traffic.Activation;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;

namespace Kip.Traffic.Forwarding;

/// <summary>Sends a request to a pod and its response back, streaming both ways. One per protocol that pods speak.</summary>
internal interface IForwarder : IDisposable
{
    /// <summary>One attempt. Never throws for what the network, the pod or the client does.</summary>
    ValueTask<ForwardOutcome> ForwardAsync(GatewayRequest request, SplitTarget target, PodTracker pod);

    /// <summary>Closes connections that nobody has used for a while. Called once a second.</summary>
    void Prune();
}
