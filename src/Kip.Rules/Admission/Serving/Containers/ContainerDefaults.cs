using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Admission.Serving.Security;
using Kip.Rules.Names;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Revisions;

namespace Kip.Rules.Admission.Serving.Containers;

/// <summary>Names, probes, resources and read-only mounts of a Revision's containers.</summary>
internal static class ContainerDefaults
{
    public static ValueList<Container> Apply(RevisionSpec spec, ObjectMeta owner, DefaultsConfig defaults, SecurePodDefaults secure)
    {
        var serving = RevisionProtocol.ServingContainer(spec);
        var names = Names(spec.Containers, defaults.ContainerName, owner, "user-container");
        return Each(spec.Containers, (container, at) => Fill(spec, container, names[at], defaults, secure, getsReadiness: at == serving));
    }

    public static ValueList<Container> ApplyInit(RevisionSpec spec, ObjectMeta owner, DefaultsConfig defaults, SecurePodDefaults secure)
    {
        var names = Names(spec.InitContainers, defaults.InitContainerName, owner, "init-container");
        return Each(spec.InitContainers, (container, at) => Fill(spec, container, names[at], defaults, secure, getsReadiness: false));
    }

    private static ValueList<Container> Each(ValueList<Container> containers, Func<Container, int, Container> fill)
    {
        Container[]? changed = null;
        for (var i = 0; i < containers.Count; i++)
        {
            var filled = fill(containers[i], i);
            if (!ReferenceEquals(filled, containers[i])) (changed ??= [.. containers])[i] = filled;
        }
        return changed is null ? containers : [.. changed];
    }

    // One nameless container gets the bare name; several, or one whose name is in use, get numbers.
    private static string[] Names(ValueList<Container> containers, NameTemplate template, ObjectMeta owner, string fallback)
    {
        var values = new NameTemplateValues
        {
            Name = owner.Name, Namespace = owner.Namespace, Labels = owner.Labels, Annotations = owner.Annotations,
        };
        var bare = template.Render(values, out _) ?? fallback;
        var used = containers.Where(static c => c.Name.Length > 0).Select(static c => c.Name).ToHashSet();
        var isBareFree = containers.Count(static c => c.Name.Length == 0) == 1 && !used.Contains(bare);
        var names = new string[containers.Count];
        var number = 0;
        for (var i = 0; i < names.Length; i++)
        {
            if (containers[i].Name.Length > 0) names[i] = containers[i].Name;
            else if (isBareFree) names[i] = bare;
            else
            {
                while (used.Contains($"{bare}-{number}")) number++;
                names[i] = $"{bare}-{number++}";
            }
        }
        return names;
    }

    private static Container Fill(RevisionSpec spec, Container container, string name, DefaultsConfig defaults, SecurePodDefaults secure,
        bool getsReadiness)
    {
        var resources = FillResources(container.Resources, defaults);
        var mounts = FillMounts(spec, container.VolumeMounts);
        var readiness = FillService(FillReadiness(container.ReadinessProbe, getsReadiness));
        var (liveness, startup) = (FillService(container.LivenessProbe), FillService(container.StartupProbe));
        var security = SecureDefaults.Apply(spec, container, secure);
        if (container.Name == name && Equals(resources, container.Resources) && mounts == container.VolumeMounts
            && Equals(readiness, container.ReadinessProbe) && ReferenceEquals(liveness, container.LivenessProbe)
            && ReferenceEquals(startup, container.StartupProbe) && ReferenceEquals(security, container.SecurityContext)) return container;
        return container with
        {
            Name = name, Resources = resources, VolumeMounts = mounts, ReadinessProbe = readiness, LivenessProbe = liveness, StartupProbe = startup,
            SecurityContext = security,
        };
    }

    private static readonly Probe TcpProbe = new() { TcpSocket = new TcpSocketAction(), SuccessThreshold = 1 };

    // No probe of what serves means: it listens. A period of 0 stays: the platform then asks as fast as it can.
    private static Probe? FillReadiness(Probe? probe, bool serves)
    {
        if (probe is null) return serves ? TcpProbe : null;
        var hasHandler = probe.HttpGet is not null || probe.TcpSocket is not null || probe.Exec is not null || probe.Grpc is not null;
        var periodic = probe.PeriodSeconds != 0;
        return probe with
        {
            TcpSocket = hasHandler || !serves ? probe.TcpSocket : new TcpSocketAction(),
            SuccessThreshold = probe.SuccessThreshold == 0 ? 1 : probe.SuccessThreshold,
            FailureThreshold = periodic && probe.FailureThreshold == 0 ? 3 : probe.FailureThreshold,
            TimeoutSeconds = periodic && probe.TimeoutSeconds == 0 ? 1 : probe.TimeoutSeconds,
        };
    }

    // The empty name stands for the server as a whole.
    private static Probe? FillService(Probe? probe) =>
        probe is { Grpc: { Service: null } grpc } ? probe with { Grpc = grpc with { Service = "" } } : probe;

    private static ResourceRequirements? FillResources(ResourceRequirements? stated, DefaultsConfig defaults)
    {
        if (defaults.Requests.IsEmpty && defaults.Limits.IsEmpty) return stated;
        var present = stated ?? new ResourceRequirements();
        return present with { Requests = defaults.Requests.With(present.Requests), Limits = defaults.Limits.With(present.Limits) };
    }

    private static ValueList<VolumeMount> FillMounts(RevisionSpec spec, ValueList<VolumeMount> mounts) =>
        mounts.AsSpan().Length == 0 || mounts.All(m => m.ReadOnly || IsWritable(spec, m.Name))
            ? mounts
            : mounts.Select(m => m.ReadOnly || IsWritable(spec, m.Name) ? m : m with { ReadOnly = true }).ToValueList();

    private static bool IsWritable(RevisionSpec spec, string volume) => spec.Volumes.Any(v =>
        v.Name == volume && (v.EmptyDir is not null || v.PersistentVolumeClaim is not null || v.Ephemeral is not null));
}
