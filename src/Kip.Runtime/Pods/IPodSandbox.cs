using Kip.Resources.Core;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Pods;

/// <summary>Where the containers of one pod run: straight on this machine as processes, or in namespaces of their own.</summary>
/// <remarks>The seam between the life of a pod, which is the same for both, and how a program is started. Touched by the pod's worker only.</remarks>
internal interface IPodSandbox
{
    /// <summary>Where the pod is reached. Null: it has no address yet.</summary>
    string? Address { get; }

    /// <summary>The pod with what has to be declared on it before a container starts; the same pod when nothing is missing.</summary>
    /// <param name="pod">The pod as it is declared now.</param>
    /// <param name="running">A container of it runs.</param>
    /// <exception cref="ContainerSetupException">It cannot be had; the message says what is missing.</exception>
    Pod Declare(Pod pod, bool running);

    /// <summary>Fetches what a container needs and what may take long: its image, the pod's address. Null: nothing is missing.</summary>
    /// <exception cref="ContainerSetupException">By the task: it cannot be had.</exception>
    Task? Fetch(Pod pod, Container container, CancellationToken cancel);

    /// <summary>Starts a container for which everything has been fetched.</summary>
    /// <exception cref="ContainerSetupException">It cannot be started as it is declared; carries the kubelet's reason.</exception>
    /// <exception cref="Processes.ProcessStartException">Its program cannot be started.</exception>
    Task<ContainerRun> StartAsync(ContainerStart start, CancellationToken cancel);

    /// <summary>Ends what the pod's containers have left behind and gives back what the pod held. May be called again.</summary>
    Task EndAsync(Pod pod);
}
