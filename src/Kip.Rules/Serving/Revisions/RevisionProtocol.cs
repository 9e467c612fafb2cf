using Kip.Resources.Core;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Revisions;

/// <summary>How a Revision's container wants to be spoken to, and which container that is.</summary>
public static class RevisionProtocol
{
    public const string Http1 = "http1";
    public const string H2c = "h2c";

    /// <summary>The port of a container that states none.</summary>
    public const int DefaultUserPort = 8080;

    /// <summary><see cref="H2c"/> when the serving container's port is called so, else <see cref="Http1"/>.</summary>
    public static string Of(RevisionSpec spec) => ServingPort(spec)?.Name == H2c ? H2c : Http1;

    /// <summary>The port that the application listens on, as the manifest says.</summary>
    public static int UserPort(RevisionSpec spec) =>
        ServingPort(spec) is { ContainerPortNumber: > 0 } port ? port.ContainerPortNumber : DefaultUserPort;

    /// <summary>
    /// The position of the container that gets the requests: the only one, or the one with a port. -1 when there is none.
    /// </summary>
    public static int ServingContainer(RevisionSpec spec)
    {
        if (spec.Containers.Count == 1) return 0;
        for (var i = 0; i < spec.Containers.Count; i++)
            if (!spec.Containers[i].Ports.IsEmpty) return i;
        return -1;
    }

    private static ContainerPort? ServingPort(RevisionSpec spec) =>
        ServingContainer(spec) is var at and >= 0 && spec.Containers[at].Ports is { IsEmpty: false } ports ? ports[0] : null;
}
