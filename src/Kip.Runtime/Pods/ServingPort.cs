using System.Globalization;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Runtime.Pods;

/// <summary>The port a process pod really listens on: every process on one host needs its own, so the runtime gives it one.</summary>
public static class ServingPort
{
    /// <summary>Published on the pod: the port it was given, in decimal. It stands for the first port of the serving container.</summary>
    public const string Annotation = "kip.dev/port";

    /// <summary>On a template: <c>"true"</c> for a program that listens on its container port whatever <c>$PORT</c> says.</summary>
    /// <remarks>Processes share the host's ports, so only one pod of such a program can run at a time.</remarks>
    public const string FixedAnnotation = "kip.dev/fixed-port";

    /// <summary>Whether the program chooses its port itself.</summary>
    public static bool IsFixed(ObjectMeta metadata) => metadata.Annotations.Get(FixedAnnotation) == "true";

    /// <summary>The pod's given port, or null.</summary>
    public static int? Given(Pod pod) =>
        int.TryParse(pod.Metadata.Annotations.Get(Annotation), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : null;

    /// <summary>The container that serves: the first that names a port, else null.</summary>
    public static Container? Container(PodSpec spec)
    {
        foreach (var container in spec.Containers)
            if (!container.Ports.IsEmpty) return container;
        return null;
    }

    /// <summary>Where one of the pod's declared ports is reached: the given port for the serving container's first, itself for any other.</summary>
    public static int Of(Pod pod, ContainerPort port) =>
        Given(pod) is { } given && Container(pod.Spec)?.Ports[0] == port ? given : port.ContainerPortNumber;
}
