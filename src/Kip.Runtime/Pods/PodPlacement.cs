using Kip.Client;
using Kip.Resources.Core;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Pods;

/// <summary>Declares on a pod that it is this node's, and what its sandbox needs declared: one made by hand has neither.</summary>
internal static class PodPlacement
{
    private const int Attempts = 20;

    /// <summary>The pod as it is then stored. Null: it is gone.</summary>
    /// <exception cref="ContainerSetupException">What the sandbox needs cannot be had.</exception>
    public static async Task<Pod?> PlaceAsync(PodHost host, IPodSandbox sandbox, Pod pod, bool running, CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var wanted = sandbox.Declare(pod, running);
            if (ReferenceEquals(wanted, pod) && !string.IsNullOrEmpty(pod.Spec.NodeName)) return pod;
            try
            {
                pod = (Pod)await host.Resources.UpdateAsync(wanted with { Spec = wanted.Spec with { NodeName = host.Options.NodeName } }, cancel);
            }
            catch (ApiException overtaken) when (overtaken.IsConflict)
            {
                if (await host.Resources.GetAsync<Pod>(pod.Key, cancel) is not { } fresh) return null;
                pod = fresh;
            }
            catch (ApiException gone) when (gone.IsNotFound)
            {
                return null;
            }
        }
        throw new InvalidOperationException("the API does not keep what is declared on the pod");
    }
}
