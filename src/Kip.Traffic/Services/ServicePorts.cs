using System.Globalization;
using System.Net;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Traffic.Services;

/// <summary>Which port of a Service a request means, and which addresses stand behind it.</summary>
public static class ServicePorts
{
    private const int Http = 80;

    /// <summary>The Service's port of this number or name.</summary>
    /// <param name="asked">A number or a name; null when the request names no port: port 80 then, or the only one.</param>
    /// <returns>Null when it has no such port.</returns>
    public static ServicePort? Choose(Service service, string? asked)
    {
        var ports = service.Spec.Ports;
        foreach (var port in ports)
            if (asked is null ? port.Port == Http : port.Name == asked || port.Port.ToString(CultureInfo.InvariantCulture) == asked) return port;
        return asked is null && !ports.IsEmpty ? ports[0] : null;
    }

    /// <summary>Whether what listens there speaks HTTP/2 with prior knowledge, by <c>appProtocol</c> or by the port's name.</summary>
    public static bool IsHttp2(ServicePort port) =>
        port.AppProtocol is "kubernetes.io/h2c" or "h2c" or "grpc"
        || (string.IsNullOrEmpty(port.AppProtocol) && port.Name is { } name && (name == "h2c" || IsNamed(name, "http2") || IsNamed(name, "grpc")));

    /// <summary>The ready addresses behind a Service's port.</summary>
    public static IReadOnlyList<ServiceAddress> Addresses(ServicePort port, Endpoints? endpoints)
    {
        var found = new List<ServiceAddress>();
        foreach (var subset in endpoints?.Subsets ?? default)
        {
            if (Match(port, subset.Ports) is not { } number) continue;
            foreach (var address in subset.Addresses)
                if (IPAddress.TryParse(address.Ip, out var ip)) found.Add(Make(endpoints!, address, new(ip, number)));
        }
        return found;
    }

    private static ServiceAddress Make(Endpoints endpoints, EndpointAddress address, IPEndPoint endPoint) =>
        address.TargetRef is { Kind: "Pod", Name: { Length: > 0 } pod } target
            ? new(new(endpoints.Metadata.Namespace, pod), target.Uid ?? "", endPoint)
            : new(new(endpoints.Metadata.Namespace, endPoint.ToString()), "", endPoint);

    // Ports of Service and Endpoints meet by name (Kubernetes' rule); of a single one the name does not matter.
    private static int? Match(ServicePort port, ValueList<EndpointPort> ports)
    {
        foreach (var candidate in ports)
            if ((candidate.Name ?? "") == (port.Name ?? "")) return candidate.Port;
        return ports is [var only] ? only.Port : null;
    }

    private static bool IsNamed(string name, string protocol) => name == protocol || name.StartsWith(protocol + "-", StringComparison.Ordinal);
}

/// <summary>One address behind a Service.</summary>
/// <param name="Pod">The pod's name, or the address itself where it is no pod's.</param>
/// <param name="Uid">The pod's uid; empty where it is no pod's.</param>
public sealed record ServiceAddress(NamespacedName Pod, string Uid, IPEndPoint EndPoint);
