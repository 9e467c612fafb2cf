namespace Kip.Rules.Scaling.Simulation;

/// <summary>The pods at a moment at which their number changed.</summary>
/// <param name="At">From the beginning of the trace.</param>
/// <param name="Wanted">Pods that the Deployment asks for.</param>
/// <param name="Ready">Pods that take requests.</param>
/// <param name="Waiting">Requests in the queue.</param>
public readonly record struct PodSample(TimeSpan At, int Wanted, int Ready, int Waiting);

/// <summary>What a trace came to with one configuration.</summary>
public sealed record SimulationResult
{
    public required string Name { get; init; }
    public required int Requests { get; init; }

    /// <summary>Requests that were refused because the queue was full (503).</summary>
    public required int Refused { get; init; }

    /// <summary>Requests whose time was up while they waited (504).</summary>
    public required int TimedOut { get; init; }

    /// <summary>Requests that came when no pod was ready, and waited for one to start.</summary>
    public required int ColdRequests { get; init; }

    /// <summary>How often the service was woken: pods were asked for where there were none.</summary>
    public required int ColdStarts { get; init; }

    /// <summary>Pods started in all.</summary>
    public required int PodsStarted { get; init; }

    /// <summary>The most pods at a time, those ending included.</summary>
    public required int MostPods { get; init; }

    /// <summary>What is paid for: seconds from a pod's start to its end, summed.</summary>
    public required double PodSeconds { get; init; }

    /// <summary>The part of <see cref="PodSeconds"/> in which the pod had at least one request.</summary>
    public required double BusyPodSeconds { get; init; }

    /// <summary>From the first request to the end of what was simulated.</summary>
    public required TimeSpan Horizon { get; init; }

    /// <summary>The waiting time of each request that was served, in order of length.</summary>
    public required IReadOnlyList<TimeSpan> Delays { get; init; }

    /// <summary>The number of pods over time.</summary>
    public required IReadOnlyList<PodSample> Samples { get; init; }

    /// <summary>The waiting time that this share of the served requests did not exceed.</summary>
    /// <param name="share">From 0 to 1; 1 for the longest.</param>
    public TimeSpan Delay(double share) =>
        Delays.Count == 0 ? TimeSpan.Zero : Delays[Math.Clamp((int)Math.Ceiling(share * Delays.Count) - 1, 0, Delays.Count - 1)];
}
