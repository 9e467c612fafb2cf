using Kip.Resources;

namespace Kip.Rules.Scaling.Simulation;

/// <summary>The service whose scaling is simulated: what is declared of it, and how its program behaves.</summary>
public sealed record SimulatedService
{
    /// <summary>What the result is called in tables and plots.</summary>
    public string Name { get; init; } = "service";

    /// <summary>The revision's annotations, <c>autoscaling.knative.dev/…</c> among them.</summary>
    public StringMap Annotations { get; init; }

    /// <summary>Requests that a pod may have at a time; 0 for no limit.</summary>
    public long ContainerConcurrency { get; init; }

    /// <summary><c>config-autoscaler</c> as it is in force.</summary>
    public AutoscalerConfig Config { get; init; } = AutoscalerConfig.Default;

    /// <summary>From the decision to have a pod until it takes requests.</summary>
    /// <value>300 ms.</value>
    public TimeSpan PodStart { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long the program takes for a request of which the trace does not say.</summary>
    /// <value>100 ms.</value>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a request may take in all, waiting included: <c>timeoutSeconds</c>.</summary>
    /// <value>300 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How many requests may wait for a pod; one more is refused.</summary>
    /// <value>10,000, as the gateway's.</value>
    public int QueueDepth { get; init; } = 10_000;
}
