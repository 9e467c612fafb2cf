using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Admission.Serving.Security;
using Kip.Rules.Admission.Serving.Volumes;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Containers;

/// <summary>What a container of a Revision is for.</summary>
internal enum ContainerRole
{
    Serving,
    Sidecar,
    Init,
}

/// <summary>Rules of one container.</summary>
internal static class ContainerRules
{
    private static readonly HashSet<int> ReservedPorts = [8008, 8012, 8013, 8022, 9090, 9091];

    public static void Validate(Container container, RevisionSpec spec, ContainerRole role, FeaturesConfig features, FieldErrors errors)
    {
        ValidateDisallowed(container, role, errors);
        if (container.Image.Length == 0) errors.Missing("image");
        else if (ImageReferenceRules.Check(container.Image) is { } wrong)
            errors.Explain("Failed to parse image reference", "image", $"image: \"{container.Image}\", error: {wrong}");
        if (container.ImagePullPolicy is not (null or "" or "Always" or "IfNotPresent" or "Never"))
            errors.Invalid(container.ImagePullPolicy, "imagePullPolicy");
        if (container.TerminationMessagePolicy is not (null or "" or "File" or "FallbackToLogsOnError"))
            errors.Invalid(container.TerminationMessagePolicy, "terminationMessagePolicy");
        for (var i = 0; i < container.Ports.Count; i++)
        {
            using var _ = errors.In("ports", i);
            ValidatePort(container.Ports[i], errors);
        }
        EnvironmentRules.Validate(container, role, features, errors);
        ValidateResources(container.Resources, errors);
        MountRules.Validate(container, spec, features, errors);
        SecurityContextRules.Validate(container.SecurityContext, features, errors);
        ValidateProbes(container, role, features, errors);
    }

    private static void ValidateDisallowed(Container container, ContainerRole role, FieldErrors errors)
    {
        var disallowed = new List<string>();
        if (container.Lifecycle is not null) disallowed.Add("lifecycle");
        if (container.Stdin) disallowed.Add("stdin");
        if (container.StdinOnce) disallowed.Add("stdinOnce");
        if (container.Tty) disallowed.Add("tty");
        if (container.VolumeDevices is not null) disallowed.Add("volumeDevices");
        if (!string.IsNullOrEmpty(container.RestartPolicy)) disallowed.Add("restartPolicy");
        if (container.ResizePolicy is not null) disallowed.Add("resizePolicy");
        if (container.Resources?.Claims is not null) disallowed.Add("resources.claims");
        if (disallowed.Count > 0) errors.Disallowed([.. disallowed]);
        if (role != ContainerRole.Init) return;
        if (container.LivenessProbe is not null) errors.Say("field not allowed in an init container", "livenessProbe");
        if (container.ReadinessProbe is not null) errors.Say("field not allowed in an init container", "readinessProbe");
        if (container.StartupProbe is not null) errors.Say("field not allowed in an init container", "startupProbe");
        if (container.Lifecycle is not null) errors.Say("field not allowed in an init container", "lifecycle");
    }

    private static void ValidatePort(ContainerPort port, FieldErrors errors)
    {
        if (port.HostPort != 0) errors.Disallowed("hostPort");
        if (!string.IsNullOrEmpty(port.HostIP)) errors.Disallowed("hostIP");
        if (port.ContainerPortNumber is < 0 or > 65535) errors.OutOfBounds(port.ContainerPortNumber, 0, 65535, "containerPort");
        else if (ReservedPorts.Contains(port.ContainerPortNumber))
            errors.Invalid($"{port.ContainerPortNumber} is a reserved port", "containerPort",
                $"{port.ContainerPortNumber} is a reserved port, please use a different value");
        if (port.Protocol is not (null or "" or "TCP")) errors.Invalid(port.Protocol, "protocol");
        if (port.Name is not (null or "" or "http1" or "h2c"))
            errors.Explain($"Port name {port.Name} is not allowed", "name", "Name must be empty, or one of: 'h2c', 'http1'");
    }

    private static void ValidateResources(ResourceRequirements? resources, FieldErrors errors)
    {
        if (resources is null) return;
        using var _ = errors.In("resources");
        foreach (var (side, map) in (ReadOnlySpan<(string, Resources.StringMap)>)
                 [("limits", resources.Limits), ("requests", resources.Requests)])
            foreach (var (resource, quantity) in map)
                if (!Quantity.IsValid(quantity)) errors.Invalid(quantity, $"{side}.{resource}", "not a quantity such as 500m or 128Mi");
    }

    private static void ValidateProbes(Container container, ContainerRole role, FeaturesConfig features, FieldErrors errors)
    {
        if (role == ContainerRole.Init) return;
        var mayProbe = role == ContainerRole.Serving || features.IsEnabled(FeaturesConfig.MultiContainerProbing);
        foreach (var (name, probe) in (ReadOnlySpan<(string, Probe?)>)
                 [("livenessProbe", container.LivenessProbe), ("readinessProbe", container.ReadinessProbe),
                     ("startupProbe", container.StartupProbe)])
        {
            if (probe is null) continue;
            if (!mayProbe)
            {
                errors.Disallowed(name);
                continue;
            }
            using var _ = errors.In(name);
            if (name == "readinessProbe") ProbeRules.ValidateReadiness(probe, errors);
            ProbeRules.ValidateHandler(probe, container, role, errors);
        }
    }
}
