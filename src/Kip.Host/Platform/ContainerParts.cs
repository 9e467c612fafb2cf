using System.Net;
using Kip.Client.Pods;
using Kip.Runtime.Containers;
using Kip.Traffic;
using Kip.Traffic.Http;

namespace Kip.Host.Platform;

/// <summary>Ties containers to the gateway: pods reach it at their bridge, and its hosts are the names they can look up.</summary>
internal static class ContainerParts
{
    public static ContainerOptions Options(PlatformOptions options, Gateway gateway, ImageSourceOpener images, IPodIdentity identity) => new()
    {
        Images = images,
        PodSubnet = options.PodSubnet,
        Runtime = options.OciRuntime,
        // Only pods can connect there: the firewall table sees to it.
        ListenForPods = (address, cancel) => gateway.ListenAsync(new GatewayListener(new IPEndPoint(address, 0)) { ServesClusterLocal = true }, cancel),
        ServesHost = host => gateway.Serves(host) || IsApi(host),
        Identity = identity,
    };

    // In-cluster clients may call the API by its Service's name: port 443 at the bridge leads there.
    private static bool IsApi(string host) => host == "kubernetes.default.svc.cluster.local";
}
