using System.Globalization;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Revisions;

/// <summary>The pods that a Revision runs as: its own pod spec with the runtime contract added, and no sidecar of the platform's.</summary>
internal static class RevisionPods
{
    /// <summary>The pod spec of the Revision's Deployment.</summary>
    /// <param name="keepsProbePorts">Whether a liveness probe may ask another port than the one that is served.</param>
    public static PodSpec Make(Revision revision, bool keepsProbePorts = false)
    {
        var spec = revision.Spec;
        var serving = RevisionProtocol.ServingContainer(spec);
        var containers = new Container[spec.Containers.Count];
        for (var i = 0; i < containers.Length; i++) containers[i] = User(revision, spec.Containers[i], i == serving, keepsProbePorts);
        return spec.ToPodSpec() with
        {
            Containers = [.. containers],
            // A request may take so long, and a pod that is asked to end finishes its requests first.
            TerminationGracePeriodSeconds = spec.TimeoutSeconds,
        };
    }

    private static Container User(Revision revision, Container container, bool isServing, bool keepsProbePorts)
    {
        var port = RevisionProtocol.UserPort(revision.Spec);
        var user = container with
        {
            Image = RevisionImages.ImageOf(container, revision.Status.ContainerStatuses),
            Env = Environment(revision, container, isServing ? port : null),
            TerminationMessagePolicy = container.TerminationMessagePolicy ?? "FallbackToLogsOnError",
            ReadinessProbe = AtPort(container.ReadinessProbe, port, isServing, rewrite: false),
        };
        if (!isServing) return user;
        return user with
        {
            Ports = [new ContainerPort { Name = UserPort.Name, ContainerPortNumber = port, Protocol = "TCP" }],
            LivenessProbe = AtPort(container.LivenessProbe, port, isServing, rewrite: !keepsProbePorts),
            StartupProbe = AtPort(container.StartupProbe, port, isServing, rewrite: false),
        };
    }

    private static ValueList<EnvVar> Environment(Revision revision, Container container, int? port)
    {
        var environment = new List<EnvVar>(container.Env.Count + 4);
        environment.AddRange(container.Env);
        if (port is { } number) environment.Add(new EnvVar { Name = "PORT", Value = number.ToString(CultureInfo.InvariantCulture) });
        environment.Add(new EnvVar { Name = "K_REVISION", Value = revision.Metadata.Name });
        environment.Add(new EnvVar { Name = "K_CONFIGURATION", Value = revision.Metadata.Labels.Get(ServingLabels.Configuration) ?? "" });
        environment.Add(new EnvVar { Name = "K_SERVICE", Value = revision.Metadata.Labels.Get(ServingLabels.Service) ?? "" });
        return [.. environment];
    }

    // A probe that names no port, or names it by a name that is about to change, means the port the application serves on.
    private static Probe? AtPort(Probe? probe, int port, bool isServing, bool rewrite)
    {
        if (probe is null || !isServing) return probe;
        if (probe.HttpGet is { } http) return IsOpen(http.Port, rewrite) ? probe with { HttpGet = http with { Port = port } } : probe;
        if (probe.TcpSocket is { } tcp) return IsOpen(tcp.Port, rewrite) ? probe with { TcpSocket = tcp with { Port = port } } : probe;
        if (probe.Grpc is { Port: 0 } grpc) return probe with { Grpc = grpc with { Port = port } };
        return probe;
    }

    private static bool IsOpen(IntOrString? port, bool rewrite) => rewrite || port is not { Text: null, Number: > 0 };
}
