using Kip.Resources.Core;

namespace Kip.Resources.Batch;

/// <summary>Work that is done once: pods are made until enough of them have succeeded.</summary>
public sealed record Job : Resource<JobSpec, JobStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "batch", Version = "v1", Kind = "Job", Plural = "jobs", Singular = "job", Namespaced = true,
        Categories = ["all"], HasStatus = true, StrategicMerge = true,
        ClrType = typeof(Job),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record JobSpec
{
    public int? Parallelism { get; init; }
    public int? Completions { get; init; }
    public long? ActiveDeadlineSeconds { get; init; }
    public int? BackoffLimit { get; init; }
    public int? BackoffLimitPerIndex { get; init; }
    public int? MaxFailedIndexes { get; init; }
    public PodFailurePolicy? PodFailurePolicy { get; init; }
    public RawJson? SuccessPolicy { get; init; }
    public LabelSelector? Selector { get; init; }
    public bool? ManualSelector { get; init; }
    public PodTemplateSpec Template { get; init => field = value ?? new(); } = new();
    public int? TtlSecondsAfterFinished { get; init; }

    /// <value><c>NonIndexed</c> (the default) or <c>Indexed</c>.</value>
    public string? CompletionMode { get; init; }
    public bool? Suspend { get; init; }

    /// <value><c>TerminatingOrFailed</c> (the default) or <c>Failed</c>.</value>
    public string? PodReplacementPolicy { get; init; }
    public string? ManagedBy { get; init; }
}

/// <summary>What a pod's failure means for its Job; the first rule that matches decides.</summary>
public sealed record PodFailurePolicy
{
    public ValueList<PodFailurePolicyRule> Rules { get; init; }
}

/// <summary>One rule: an action, and exactly one thing to look at.</summary>
public sealed record PodFailurePolicyRule
{
    /// <value><c>FailJob</c>, <c>FailIndex</c>, <c>Ignore</c> or <c>Count</c>.</value>
    public string Action { get; init => field = value ?? ""; } = "";
    public PodFailureExitCodes? OnExitCodes { get; init; }
    public ValueList<PodFailurePodCondition> OnPodConditions { get; init; }
}

/// <summary>Matches when a container has ended with one of these codes, or with none of them; zero never counts.</summary>
public sealed record PodFailureExitCodes
{
    public string? ContainerName { get; init; }

    /// <value><c>In</c> or <c>NotIn</c>.</value>
    public string Operator { get; init => field = value ?? ""; } = "";
    public ValueList<int> Values { get; init; }
}

/// <summary>Matches a condition of the pod.</summary>
public sealed record PodFailurePodCondition
{
    public string Type { get; init => field = value ?? ""; } = "";
    public string Status { get; init => field = value ?? ""; } = "";
}

public sealed record JobStatus
{
    public ValueList<Condition> Conditions { get; init; }
    public DateTimeOffset? StartTime { get; init; }
    public DateTimeOffset? CompletionTime { get; init; }
    public int Active { get; init; }
    public int Succeeded { get; init; }
    public int Failed { get; init; }
    public int? Terminating { get; init; }

    /// <summary>Indexes that have succeeded, e.g. <c>0-3,5</c>.</summary>
    public string? CompletedIndexes { get; init; }
    public string? FailedIndexes { get; init; }
    public UncountedTerminatedPods? UncountedTerminatedPods { get; init; }
    public int? Ready { get; init; }
}

/// <summary>Pods that have ended, are not yet in the counts, and may therefore not go yet.</summary>
public sealed record UncountedTerminatedPods
{
    public ValueList<string> Succeeded { get; init; }
    public ValueList<string> Failed { get; init; }
}

/// <summary>A Job to be made: its metadata and spec.</summary>
public sealed record JobTemplateSpec
{
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;
    public JobSpec Spec { get; init => field = value ?? new(); } = new();
}
