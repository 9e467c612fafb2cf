namespace Kip.Client.Pods;

/// <summary>What pods use of the machine. The runtime measures it, the autoscaler for CPU and memory asks.</summary>
public interface IPodUsage
{
    /// <summary>Measures these pods now, by uid; those of which nothing runs here are left out.</summary>
    IReadOnlyDictionary<string, PodUsage> Measure(IReadOnlyCollection<string> podUids);
}

/// <summary>What one pod uses.</summary>
/// <param name="CpuTime">Used since the pod's programs began; two measurements make a rate.</param>
/// <param name="MemoryBytes">Resident now.</param>
public readonly record struct PodUsage(TimeSpan CpuTime, long MemoryBytes);
