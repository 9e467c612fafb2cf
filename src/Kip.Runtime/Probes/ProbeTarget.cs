using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Runtime.Pods;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Probes;

/// <summary>Whom a probe asks.</summary>
/// <param name="Pod">For its given port.</param>
/// <param name="Container">For the names of its ports.</param>
/// <param name="Address">Where the pod is reached.</param>
/// <param name="Exec">Runs an exec probe's program in the container's surroundings.</param>
public sealed record ProbeTarget(
    Pod Pod, Container Container, string Address, Func<ValueList<string>, ProcessStreams, CancellationToken, Task<RunningProcess>> Exec)
{
    /// <summary>Whether this is the container that requests of a Revision go to.</summary>
    public bool ServesRevision => Container.Ports.Any(static port => port.Name == UserPort.Name);

    /// <summary>Where a probe's port is reached. None or 0 means the port the container serves on.</summary>
    /// <returns>Null when the container has no such port.</returns>
    public int? Port(IntOrString? port)
    {
        var own = Container.Ports;
        if (port is null or { Text: null, Number: 0 } or { Text: "" })
            return own.IsEmpty ? ServingPort.Given(Pod) : ServingPort.Of(Pod, own[0]);
        foreach (var candidate in own)
            if (port.Value.Text is { } name ? candidate.Name == name : candidate.ContainerPortNumber == port.Value.Number)
                return ServingPort.Of(Pod, candidate);
        return port.Value.Text is null ? port.Value.Number : null;
    }
}
