namespace Kip.Client.Pods;

/// <summary>What single containers and the whole machine use. The runtime measures it, <c>kubectl top</c> shows it.</summary>
public interface IMachineUsage
{
    /// <summary>Measures the containers of these pods now, by the pod's uid and the container's name; those that do not run here are left out.</summary>
    IReadOnlyDictionary<(string PodUid, string Container), PodUsage> MeasureContainers(IReadOnlyCollection<string> podUids);

    /// <summary>Measures the machine: CPU time since it was started, and memory that is not available.</summary>
    PodUsage MeasureMachine();
}
