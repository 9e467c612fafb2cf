using Kip.Resources.Core;

namespace Kip.Resources.Serving;

/// <summary>What a Revision runs: a pod spec, and how many requests and how much time it gets.</summary>
public sealed record RevisionSpec : PodSpec
{
    /// <summary>Requests that one pod handles at a time; 0 means no limit.</summary>
    public long? ContainerConcurrency { get; init; }

    /// <summary>Seconds a request may take in all.</summary>
    public long? TimeoutSeconds { get; init; }

    /// <summary>Seconds until the response must have begun.</summary>
    public long? ResponseStartTimeoutSeconds { get; init; }

    /// <summary>Seconds a response may stand still.</summary>
    public long? IdleTimeoutSeconds { get; init; }
}

public sealed record RevisionTemplateSpec
{
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;
    public RevisionSpec Spec { get; init => field = value ?? new(); } = new();
}
