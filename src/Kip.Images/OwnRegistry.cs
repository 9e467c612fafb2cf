using System.Net;
using Kip.Images.References;

namespace Kip.Images;

/// <summary>The names of Kip's own registry: <c>kip.local</c>, and the address that it listens at.</summary>
public sealed class OwnRegistry
{
    private IPEndPoint? _endPoint;

    /// <summary>Says where the registry listens, once it does.</summary>
    public void ListensAt(IPEndPoint endPoint) => _endPoint = endPoint;

    /// <summary>The reference under the registry's proper name, if it is one of Kip's own; else the reference as it is.</summary>
    public ImageReference Canonical(ImageReference reference) =>
        IsOwnAddress(reference.Registry) ? reference with { Registry = ImageReference.OwnRegistry } : reference;

    private bool IsOwnAddress(string registry)
    {
        if (_endPoint is not { } here) return false;
        var colon = registry.LastIndexOf(':');
        if (colon < 0 || registry[(colon + 1)..] != here.Port.ToString()) return false;
        var host = registry[..colon];
        return host is "localhost" || (IPAddress.TryParse(host, out var address) && (address.Equals(here.Address) || IPAddress.IsLoopback(address)));
    }
}
