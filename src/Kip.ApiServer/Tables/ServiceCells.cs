using Kip.Resources.Core;

namespace Kip.ApiServer.Tables;

/// <summary>What a table says of a core Service and of Endpoints.</summary>
internal static class ServiceCells
{
    public static string ExternalIP(Service service) =>
        service.Spec.Type == "ExternalName" ? CoreColumns.OrNone(service.Spec.ExternalName)
        : service.Spec.ExternalIPs.IsEmpty ? "<none>"
        : string.Join(',', service.Spec.ExternalIPs);

    public static string Ports(Service service) =>
        service.Spec.Ports.IsEmpty ? "<none>" : string.Join(',', service.Spec.Ports.Select(static port =>
            port.NodePort > 0 ? $"{port.Port}:{port.NodePort}/{port.Protocol ?? "TCP"}" : $"{port.Port}/{port.Protocol ?? "TCP"}"));

    public static string Endpoints(Endpoints endpoints)
    {
        // As kubectl does: a few, then how many more.
        const int shown = 3;
        var all = (
            from subset in endpoints.Subsets
            from address in subset.Addresses
            from port in subset.Ports.IsEmpty ? [null] : subset.Ports.Select(static p => (EndpointPort?)p)
            select port is null ? address.Ip : $"{address.Ip}:{port.Port}").ToList();
        if (all.Count == 0) return "<none>";
        var text = string.Join(',', all.Take(shown));
        return all.Count > shown ? $"{text} + {all.Count - shown} more..." : text;
    }
}
