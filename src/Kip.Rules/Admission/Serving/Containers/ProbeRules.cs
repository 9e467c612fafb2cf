using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Admission.Serving.Containers;

/// <summary>Rules of probes.</summary>
internal static class ProbeRules
{
    public static void ValidateReadiness(Probe probe, FieldErrors errors)
    {
        if (probe.PeriodSeconds < 0) errors.OutOfBounds(probe.PeriodSeconds, 0, int.MaxValue, "periodSeconds");
        if (probe.InitialDelaySeconds < 0) errors.OutOfBounds(probe.InitialDelaySeconds, 0, int.MaxValue, "initialDelaySeconds");
        if (probe.SuccessThreshold < 1) errors.OutOfBounds(probe.SuccessThreshold, 1, int.MaxValue, "successThreshold");
        // A period of 0 means as fast as possible: then there is nothing to count or to time out.
        if (probe.PeriodSeconds == 0)
        {
            if (probe.FailureThreshold != 0) errors.Say("failureThreshold is disallowed when periodSeconds is zero", "failureThreshold");
            if (probe.TimeoutSeconds != 0) errors.Say("timeoutSeconds is disallowed when periodSeconds is zero", "timeoutSeconds");
            return;
        }
        if (probe.TimeoutSeconds < 1) errors.OutOfBounds(probe.TimeoutSeconds, 1, int.MaxValue, "timeoutSeconds");
        if (probe.FailureThreshold < 1) errors.OutOfBounds(probe.FailureThreshold, 1, int.MaxValue, "failureThreshold");
    }

    public static void ValidateHandler(Probe probe, Container container, ContainerRole role, FieldErrors errors)
    {
        var handlers = new List<string>(1);
        if (probe.HttpGet is not null) handlers.Add("httpGet");
        if (probe.TcpSocket is not null) handlers.Add("tcpSocket");
        if (probe.Exec is not null) handlers.Add("exec");
        if (probe.Grpc is not null) handlers.Add("grpc");
        if (handlers.Count == 0) errors.GotNeither("httpGet", "tcpSocket", "exec", "grpc");
        else if (handlers.Count > 1) errors.GotBoth([.. handlers]);
        else ValidatePort(handlers[0], probe.HttpGet is not null ? probe.HttpGet.Port : probe.TcpSocket?.Port, container, role, errors);
    }

    private static void ValidatePort(string handler, IntOrString? port, Container container, ContainerRole role, FieldErrors errors)
    {
        if (handler is not ("httpGet" or "tcpSocket")) return;
        if (role == ContainerRole.Sidecar)
        {
            if (port is null or { Text: null, Number: 0 }) errors.Invalid("0", $"{handler}.port", "Probe port must be specified");
            return;
        }
        if (port is { Text: null, Number: < 0 or > 65535 }) errors.OutOfBounds(port.Value.Number, 0, 65535, $"{handler}.port");
        if (port?.Text is not { Length: > 0 } name) return;
        var own = container.Ports.IsEmpty || string.IsNullOrEmpty(container.Ports[0].Name) ? "http" : container.Ports[0].Name;
        if (name != own) errors.Invalid(name, $"{handler}.port", "Probe port must match container port");
    }
}
