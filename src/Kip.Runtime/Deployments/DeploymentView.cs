using System.Collections.Immutable;
using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.Runtime.Deployments;

/// <summary>What the Deployment planner decides from.</summary>
public sealed record DeploymentView
{
    public required Deployment Deployment { get; init; }

    /// <summary>Every pod whose controller is this Deployment.</summary>
    public required ImmutableArray<Pod> Pods { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Where new pods run.</summary>
    public required string NodeName { get; init; }

    /// <summary>Gives the last part of a new pod's name, another each time.</summary>
    public required Func<string> NewSuffix { get; init; }

    /// <summary>Gives a free port on this machine for a pod that runs as a process; null for any other, or when there is none. Null: none is published.</summary>
    public Func<PodSpec, int?>? NewPort { get; init; }

    /// <summary>How many requests a pod has now. Null: nobody counts them.</summary>
    public Func<Pod, int>? RequestsAt { get; init; }

    /// <summary>Why the last attempt to create a pod was refused. Null: it was not.</summary>
    public string? CreateFailure { get; init; }
}
