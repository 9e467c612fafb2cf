using System.Net;
using Kip.Images;
using Kip.Runtime.Containers;
using Kip.Traffic;
using Kip.Traffic.Http;

namespace Kip.Host.Platform;

/// <summary>Ties containers to the gateway: pods reach it at their bridge, and its hosts are the names they can look up.</summary>
internal static class ContainerParts
{
    public static ContainerOptions Options(PlatformOptions options, Gateway gateway, IImageSource images) => new()
    {
        Images = images,
        PodSubnet = options.PodSubnet,
        // Only pods can connect there: the firewall table sees to it.
        ListenForPods = (address, cancel) => gateway.ListenAsync(new GatewayListener(new IPEndPoint(address, 0)) { ServesClusterLocal = true }, cancel),
        ServesHost = gateway.Serves,
    };
}
