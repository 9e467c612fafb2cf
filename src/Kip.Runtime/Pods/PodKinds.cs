using Kip.Resources.Core;
using Kip.Runtime.Bundles;

namespace Kip.Runtime.Pods;

/// <summary>Which pods run as processes and which as containers.</summary>
public static class PodKinds
{
    /// <summary>A pod with a bundle runs as processes; any other as containers.</summary>
    public static bool IsProcess(PodSpec spec)
    {
        foreach (var container in spec.Containers)
            if (BundleImage.TryParse(container.Image, out _)) return true;
        return false;
    }
}
