using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Admission.Core;

/// <summary>What Kubernetes fills in where a pod says nothing. Hands back the very object when there is nothing to fill in.</summary>
internal static class PodDefaults
{
    private static readonly RawJson NoSecurityContext = new("{}");
    private static readonly ResourceRequirements NoResources = new();

    public static PodSpec Apply(PodSpec spec)
    {
        var containers = Each(spec.Containers, Fill);
        var initContainers = Each(spec.InitContainers, Fill);
        if (spec is { RestartPolicy: not null, DnsPolicy: not null, SchedulerName: not null, TerminationGracePeriodSeconds: not null,
            SecurityContext: not null }
            && containers == spec.Containers && initContainers == spec.InitContainers) return spec;
        return spec with
        {
            RestartPolicy = spec.RestartPolicy ?? "Always",
            DnsPolicy = spec.DnsPolicy ?? "ClusterFirst",
            SchedulerName = spec.SchedulerName ?? "default-scheduler",
            TerminationGracePeriodSeconds = spec.TerminationGracePeriodSeconds ?? 30,
            SecurityContext = spec.SecurityContext ?? NoSecurityContext,
            Containers = containers,
            InitContainers = initContainers,
        };
    }

    private static Container Fill(Container container)
    {
        var ports = Each(container.Ports, static p => p.Protocol is null ? p with { Protocol = "TCP" } : p);
        var (liveness, readiness, startup) = (Fill(container.LivenessProbe), Fill(container.ReadinessProbe), Fill(container.StartupProbe));
        // Clients that write all they know say {} where nothing is asked for: it is the same, and must not look like a change.
        var resources = container.Resources == NoResources ? null : container.Resources;
        if (container is { ImagePullPolicy: not null, TerminationMessagePath: not null, TerminationMessagePolicy: not null }
            && ReferenceEquals(resources, container.Resources)
            && ports == container.Ports && ReferenceEquals(liveness, container.LivenessProbe)
            && ReferenceEquals(readiness, container.ReadinessProbe) && ReferenceEquals(startup, container.StartupProbe)) return container;
        return container with
        {
            ImagePullPolicy = container.ImagePullPolicy ?? (IsLatest(container.Image) ? "Always" : "IfNotPresent"),
            TerminationMessagePath = container.TerminationMessagePath ?? "/dev/termination-log",
            TerminationMessagePolicy = container.TerminationMessagePolicy ?? "File",
            Ports = ports,
            Resources = resources,
            LivenessProbe = liveness,
            ReadinessProbe = readiness,
            StartupProbe = startup,
        };
    }

    private static Probe? Fill(Probe? probe)
    {
        if (probe is null) return null;
        var http = probe.HttpGet is { } get && (get.Scheme is null || string.IsNullOrEmpty(get.Path))
            ? get with { Scheme = get.Scheme ?? "HTTP", Path = string.IsNullOrEmpty(get.Path) ? "/" : get.Path }
            : probe.HttpGet;
        if (probe is { TimeoutSeconds: not 0, PeriodSeconds: not 0, SuccessThreshold: not 0, FailureThreshold: not 0 }
            && ReferenceEquals(http, probe.HttpGet))
            return probe;
        return probe with
        {
            HttpGet = http,
            TimeoutSeconds = probe.TimeoutSeconds == 0 ? 1 : probe.TimeoutSeconds,
            PeriodSeconds = probe.PeriodSeconds == 0 ? 10 : probe.PeriodSeconds,
            SuccessThreshold = probe.SuccessThreshold == 0 ? 1 : probe.SuccessThreshold,
            FailureThreshold = probe.FailureThreshold == 0 ? 3 : probe.FailureThreshold,
        };
    }

    // The tag that moves is pulled anew each time; so is an image that names neither tag nor digest, which means the same.
    private static bool IsLatest(string image)
    {
        if (image.Contains('@')) return false;
        var colon = image.IndexOf(':', image.LastIndexOf('/') + 1);
        return colon < 0 || image.AsSpan(colon + 1) is "latest";
    }

    internal static ValueList<T> Each<T>(ValueList<T> items, Func<T, T> fill) where T : class
    {
        T[]? changed = null;
        for (var i = 0; i < items.Count; i++)
        {
            var filled = fill(items[i]);
            if (!ReferenceEquals(filled, items[i])) (changed ??= [.. items])[i] = filled;
        }
        return changed is null ? items : [.. changed];
    }
}
