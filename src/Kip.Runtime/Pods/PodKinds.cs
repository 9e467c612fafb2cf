using Kip.Resources.Core;
using Kip.Runtime.Bundles;

namespace Kip.Runtime.Pods;

/// <summary>Which pods run as processes and which as containers.</summary>
/// <param name="bundles">The bundles of this platform.</param>
/// <param name="hasContainers">Whether there is anything else to be run than bundles.</param>
internal sealed class PodKinds(BundleStore bundles, bool hasContainers)
{
    /// <summary>A pod with a bundle runs as processes; any other as containers.</summary>
    /// <remarks>Images of Kip's own registry have names like a bundle's. What is no bundle of this platform is asked for there.</remarks>
    public bool IsProcess(PodSpec spec)
    {
        foreach (var container in spec.Containers)
            if (bundles.ResolveNamed(container.Image) is not null || (!hasContainers && BundleImage.TryParse(container.Image, out _))) return true;
        return false;
    }
}
