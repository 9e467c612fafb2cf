using System.Collections.Immutable;
using Kip.Resources.Batch;
using Kip.Resources.Core;
using Kip.Runtime.Deployments;

namespace Kip.Runtime.Jobs;

/// <summary>What the Job planner decides from.</summary>
public sealed record JobView
{
    public required Job Job { get; init; }

    /// <summary>Every pod whose controller this Job is.</summary>
    public required ImmutableArray<Pod> Pods { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Makes new pods.</summary>
    public required PodFactory NewPods { get; init; }

    /// <summary>Why the last attempt to create a pod was refused. Null: it was not.</summary>
    public string? CreateFailure { get; init; }
}
