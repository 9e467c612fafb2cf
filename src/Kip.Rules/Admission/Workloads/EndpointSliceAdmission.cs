using Kip.Resources.Core;
using Kip.Resources.Discovery;
using Kip.Rules.Admission.Core;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Defaults and rules of EndpointSlices.</summary>
internal static class EndpointSliceAdmission
{
    private const int MostEndpoints = 1000;
    private const int MostPorts = 20_000;

    public static EndpointSlice Default(EndpointSlice slice)
    {
        var ports = PodDefaults.Each(
            slice.Ports,
            static p => p is { Name: not null, Protocol: not null } ? p : p with { Name = p.Name ?? "", Protocol = p.Protocol ?? "TCP" });
        return ports == slice.Ports ? slice : slice with { Ports = ports };
    }

    public static void Validate(EndpointSlice slice, EndpointSlice? old, FieldErrors errors)
    {
        if (slice.AddressType is not ("IPv4" or "IPv6" or "FQDN")) errors.UnsupportedValue(slice.AddressType, "addressType", "FQDN", "IPv4", "IPv6");
        if (old is not null && old.AddressType != slice.AddressType) errors.InvalidValue(slice.AddressType, "addressType", "field is immutable");
        if (slice.Endpoints.Count > MostEndpoints) errors.Say($"Too many: {slice.Endpoints.Count}: must have at most {MostEndpoints} items", "endpoints");
        if (slice.Ports.Count > MostPorts) errors.Say($"Too many: {slice.Ports.Count}: must have at most {MostPorts} items", "ports");
        for (var i = 0; i < slice.Endpoints.Count; i++)
            if (slice.Endpoints[i].Addresses.IsEmpty) errors.RequiredValue($"endpoints[{i}].addresses", "must contain at least 1 address");
        foreach (EndpointPort port in slice.Ports)
            if (port.Port is < 0 or > 65535) errors.InvalidValue(port.Port, "ports", "must be between 1 and 65535, inclusive");
    }
}
