using System.Net;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Traffic.Activation;

/// <summary>Where a pod takes requests, and whether it does.</summary>
public static class PodAddress
{
    /// <summary>Names the port on which a pod's process really listens, where every pod needs its own; wins over the container port.</summary>
    public const string PortAnnotation = "kip.dev/port";

    /// <summary>The label that ties a pod to its revision.</summary>
    public const string RevisionLabel = "serving.knative.dev/revision";

    /// <summary>The address of a pod that is ready and not about to go; else null.</summary>
    public static IPEndPoint? OfReady(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null || !pod.Status.Conditions.IsTrue("Ready")) return null;
        return IPAddress.TryParse(pod.Status.PodIP, out var ip) && Port(pod) is > 0 and <= 65_535 and var port ? new(ip, port) : null;
    }

    /// <summary>The container that takes requests: the one with a port, else the first.</summary>
    public static Container? ServingContainer(PodSpec spec)
    {
        foreach (var container in spec.Containers)
            if (!container.Ports.IsEmpty) return container;
        return spec.Containers.IsEmpty ? null : spec.Containers[0];
    }

    private static int Port(Pod pod)
    {
        if (pod.Metadata.Annotations.Get(PortAnnotation) is { } annotated) return int.TryParse(annotated, out var port) ? port : 0;
        return ServingContainer(pod.Spec) is { Ports: [var first, ..] } ? first.ContainerPortNumber : 0;
    }
}
