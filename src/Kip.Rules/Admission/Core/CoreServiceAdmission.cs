using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Admission.Core;

/// <summary>Defaults and rules of Kubernetes Services.</summary>
internal static class CoreServiceAdmission
{
    public static Service Default(Service service)
    {
        var spec = service.Spec;
        var ports = PodDefaults.Each(spec.Ports, static port => port is { Protocol: not null, TargetPort: not null }
            ? port
            : port with { Protocol = port.Protocol ?? "TCP", TargetPort = port.TargetPort ?? port.Port });
        if (spec is { Type: not null, SessionAffinity: not null } && ports == spec.Ports) return service;
        var isExternal = spec.Type == "ExternalName";
        return service with
        {
            Spec = spec with
            {
                Type = spec.Type ?? "ClusterIP",
                SessionAffinity = spec.SessionAffinity ?? "None",
                InternalTrafficPolicy = spec.InternalTrafficPolicy ?? (isExternal ? null : "Cluster"),
                Ports = isExternal ? spec.Ports : ports,
            },
        };
    }

    public static void Validate(Service service, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        var spec = service.Spec;
        if (spec.Type is { } type && type is not ("ClusterIP" or "ExternalName" or "NodePort" or "LoadBalancer"))
            errors.UnsupportedValue(type, "type", "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        if (spec.Type == "ExternalName" && string.IsNullOrEmpty(spec.ExternalName)) errors.RequiredValue("externalName");
        if (spec.Ports.IsEmpty && spec.Type != "ExternalName" && spec.ClusterIP != "None") errors.RequiredValue("ports");
        var names = new HashSet<string>();
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            using var inside = errors.In("ports", i);
            var port = spec.Ports[i];
            if (port.Port is < 1 or > 65535) errors.InvalidValue(port.Port, "port", "must be between 1 and 65535, inclusive");
            if (port.TargetPort is { Text: null, Number: < 1 or > 65535 } target)
                errors.InvalidValue(target.Number, "targetPort", "must be between 1 and 65535, inclusive");
            if (port.Protocol is { } protocol && protocol is not ("TCP" or "UDP" or "SCTP"))
                errors.UnsupportedValue(protocol, "protocol", "SCTP", "TCP", "UDP");
            if (spec.Ports.Count > 1 && string.IsNullOrEmpty(port.Name)) errors.RequiredValue("name");
            else if (!string.IsNullOrEmpty(port.Name) && !names.Add(port.Name)) errors.Say($"Duplicate value: \"{port.Name}\"", "name");
        }
    }
}
