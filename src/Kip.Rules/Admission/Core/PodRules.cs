using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Selectors;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Core;

/// <summary>Rules of pods and of the pod templates within other kinds: what the runtime must be able to rely upon.</summary>
internal static class PodRules
{
    public static void Validate(PodSpec spec, FieldErrors errors)
    {
        if (spec.Containers.IsEmpty) errors.RequiredValue("containers");
        var names = new HashSet<string>();
        for (var i = 0; i < spec.InitContainers.Count; i++)
        {
            using var _ = errors.In("initContainers", i);
            ValidateContainer(spec.InitContainers[i], names, errors);
        }
        for (var i = 0; i < spec.Containers.Count; i++)
        {
            using var _ = errors.In("containers", i);
            ValidateContainer(spec.Containers[i], names, errors);
        }
        if (spec.RestartPolicy is { } restart && restart is not ("Always" or "OnFailure" or "Never"))
            errors.UnsupportedValue(restart, "restartPolicy", "Always", "OnFailure", "Never");
        if (spec.TerminationGracePeriodSeconds < 0)
            errors.InvalidValue(spec.TerminationGracePeriodSeconds, "terminationGracePeriodSeconds", "must be greater than or equal to 0");
        ValidateVolumes(spec, errors);
    }

    private static void ValidateContainer(Container container, HashSet<string> names, FieldErrors errors)
    {
        if (container.Name.Length == 0) errors.RequiredValue("name");
        else if (NameSyntax.LabelError(container.Name) is { } wrong) errors.InvalidValue(container.Name, "name", wrong);
        else if (!names.Add(container.Name)) errors.Say($"Duplicate value: \"{container.Name}\"", "name");
        if (container.Image.Length == 0) errors.RequiredValue("image");
        for (var i = 0; i < container.Ports.Count; i++)
        {
            using var _ = errors.In("ports", i);
            if (container.Ports[i].ContainerPortNumber is < 1 or > 65535)
                errors.InvalidValue(container.Ports[i].ContainerPortNumber, "containerPort", "must be between 1 and 65535, inclusive");
            if (container.Ports[i].Protocol is { } protocol && protocol is not ("TCP" or "UDP" or "SCTP"))
                errors.UnsupportedValue(protocol, "protocol", "SCTP", "TCP", "UDP");
        }
        for (var i = 0; i < container.Env.Count; i++)
        {
            using var _ = errors.In("env", i);
            ValidateVariable(container.Env[i], errors);
        }
        ValidateResources(container.Resources, errors);
        foreach (var (name, probe) in (ReadOnlySpan<(string, Probe?)>)
                 [("livenessProbe", container.LivenessProbe), ("readinessProbe", container.ReadinessProbe),
                     ("startupProbe", container.StartupProbe)])
            if (probe is not null) ValidateProbe(probe, name, errors);
    }

    private static void ValidateVariable(EnvVar variable, FieldErrors errors)
    {
        if (variable.Name.Length == 0 || variable.Name.Contains('='))
            errors.InvalidValue(variable.Name, "name", "a valid environment variable name is not empty and holds no '='");
        if (variable.ValueFrom is not { } from) return;
        object?[] sources = [from.FieldRef, from.ResourceFieldRef, from.ConfigMapKeyRef, from.SecretKeyRef];
        var stated = sources.Count(static s => s is not null);
        if (stated == 0) errors.InvalidValue("", "valueFrom", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        else if (!string.IsNullOrEmpty(variable.Value)) errors.InvalidValue("", "valueFrom", "may not be specified when `value` is not empty");
        else if (stated > 1) errors.InvalidValue("", "valueFrom", "may not have more than one field specified at a time");
    }

    private static void ValidateResources(ResourceRequirements? resources, FieldErrors errors)
    {
        if (resources is null) return;
        foreach (var (side, map) in (ReadOnlySpan<(string, StringMap)>)[("limits", resources.Limits), ("requests", resources.Requests)])
            foreach (var (resource, quantity) in map)
                if (!Quantity.IsValid(quantity))
                    errors.InvalidValue(quantity, $"resources.{side}[{resource}]", "quantities must be like 500m or 128Mi");
        foreach (var (resource, requested) in resources.Requests)
            if (resources.Limits.Get(resource) is { } limit && Quantity.ValueOf(requested) > Quantity.ValueOf(limit))
                errors.InvalidValue(requested, "resources.requests", $"must be less than or equal to {resource} limit of {limit}");
    }

    private static void ValidateProbe(Probe probe, string field, FieldErrors errors)
    {
        using var _ = errors.In(field);
        object?[] stated = [probe.HttpGet, probe.TcpSocket, probe.Exec, probe.Grpc];
        var handlers = stated.Count(static h => h is not null);
        if (handlers == 0) errors.RequiredValue("", "must specify a handler type");
        if (handlers > 1) errors.Forbidden("", "may not specify more than 1 handler type");
        if (probe.HttpGet?.Scheme is { Length: > 0 } scheme && scheme is not ("HTTP" or "HTTPS"))
            errors.UnsupportedValue(scheme, "httpGet.scheme", "HTTP", "HTTPS");
        if (probe.PeriodSeconds < 0) errors.InvalidValue(probe.PeriodSeconds, "periodSeconds", "must be greater than or equal to 0");
        if (probe.TimeoutSeconds < 0) errors.InvalidValue(probe.TimeoutSeconds, "timeoutSeconds", "must be greater than or equal to 0");
        if (probe.InitialDelaySeconds < 0)
            errors.InvalidValue(probe.InitialDelaySeconds, "initialDelaySeconds", "must be greater than or equal to 0");
        if (field != "readinessProbe" && probe.SuccessThreshold > 1)
            errors.InvalidValue(probe.SuccessThreshold, "successThreshold", "must be 1");
    }

    private static void ValidateVolumes(PodSpec spec, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < spec.Volumes.Count; i++)
        {
            var name = spec.Volumes[i].Name;
            if (name.Length == 0) errors.RequiredValue($"volumes[{i}].name");
            else if (!names.Add(name)) errors.Say($"Duplicate value: \"{name}\"", $"volumes[{i}].name");
        }
        for (var i = 0; i < spec.Containers.Count; i++)
            for (var m = 0; m < spec.Containers[i].VolumeMounts.Count; m++)
                if (spec.Containers[i].VolumeMounts[m].Name is var mounted && !names.Contains(mounted))
                    errors.Say($"Not found: \"{mounted}\"", $"containers[{i}].volumeMounts[{m}].name");
    }
}
