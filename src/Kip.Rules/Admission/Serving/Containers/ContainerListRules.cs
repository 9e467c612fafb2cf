using Kip.Resources.Core;
using Kip.Resources.Selectors;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Containers;

/// <summary>How many containers there may be, which of them serves, and that their names and ports agree.</summary>
internal static class ContainerListRules
{
    public static void Validate(RevisionSpec spec, FeaturesConfig features, FieldErrors errors)
    {
        var containers = spec.Containers;
        if (containers.IsEmpty)
        {
            errors.Missing("containers");
            return;
        }
        if (containers.Count > 1 && !features.IsEnabled(FeaturesConfig.MultiContainer))
            errors.Say($"multi-container is off, but found {containers.Count} containers", "containers");
        ValidatePorts(spec, errors);

        var names = new HashSet<string>();
        for (var i = 0; i < containers.Count; i++)
        {
            using var _ = errors.In("containers", i);
            ValidateName(containers[i], names, errors);
            var isServing = containers.Count == 1 || !containers[i].Ports.IsEmpty;
            ContainerRules.Validate(containers[i], spec, isServing ? ContainerRole.Serving : ContainerRole.Sidecar, features, errors);
        }
        for (var i = 0; i < spec.InitContainers.Count; i++)
        {
            using var _ = errors.In("initContainers", i);
            ValidateName(spec.InitContainers[i], names, errors);
            ContainerRules.Validate(spec.InitContainers[i], spec, ContainerRole.Init, features, errors);
        }
    }

    private static void ValidateName(Container container, HashSet<string> names, FieldErrors errors)
    {
        if (container.Name == "queue-proxy") errors.Say("\"queue-proxy\" is a reserved container name", "name");
        if (container.Name.Length > 0 && !names.Add(container.Name)) errors.Say($"duplicate container name \"{container.Name}\"", "name");
        if (container.Name.Length > 0 && NameSyntax.LabelError(container.Name) is { } wrong)
            errors.Invalid(container.Name, "name", wrong);
    }

    private static void ValidatePorts(RevisionSpec spec, FieldErrors errors)
    {
        var ports = 0;
        foreach (var container in spec.Containers) ports += container.Ports.Count;
        if (ports == 0 && spec.Containers.Count > 1) errors.Missing("containers[*].ports");
        if (ports > 1)
            errors.Explain("more than one container port is set", "containers[*].ports", "Only a single port is allowed across all containers");
    }
}
