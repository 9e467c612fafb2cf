using System.Collections.Immutable;
using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.Runtime.Deployments;

/// <summary>What the Deployment planner decides from.</summary>
public sealed record DeploymentView
{
    public required Deployment Deployment { get; init; }

    /// <summary>Every ReplicaSet whose controller is this Deployment.</summary>
    public required ImmutableArray<ReplicaSet> Sets { get; init; }

    /// <summary>ReplicaSets that nobody controls and that the selector chooses.</summary>
    public ImmutableArray<ReplicaSet> OrphanSets { get; init; } = [];

    /// <summary>Whether a ReplicaSet of this name exists in the namespace, whoever it belongs to.</summary>
    public Func<string, bool> IsTaken { get; init; } = static _ => false;

    /// <summary>Every pod of these ReplicaSets, and those that an earlier version of this platform made for the Deployment itself.</summary>
    public required ImmutableArray<Pod> Pods { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Makes new pods.</summary>
    public required PodFactory NewPods { get; init; }

    /// <summary>How many requests a pod has now. Null: nobody counts them.</summary>
    public Func<Pod, int>? RequestsAt { get; init; }

    /// <summary>Why the last attempt to create a pod was refused. Null: it was not.</summary>
    public string? CreateFailure { get; init; }
}
