using Kip.Resources.Serving;
using Kip.Rules.Scaling;

namespace Kip.Traffic.Activation;

/// <summary>What a revision says about its requests.</summary>
public sealed record RevisionSettings
{
    /// <summary>Seconds of <c>timeoutSeconds</c> when the revision does not say.</summary>
    public const int DefaultTimeoutSeconds = 300;

    public string Uid { get; init; } = "";

    /// <summary>The Knative Service it belongs to; empty when it was made without one.</summary>
    public string Service { get; init; } = "";

    public string Configuration { get; init; } = "";

    /// <value>Requests one pod takes at a time; 0 for no limit.</value>
    public int ContainerConcurrency { get; init; }

    /// <summary>The time a request may take in all, waiting for a pod included.</summary>
    /// <value>Zero: as long as it likes.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(DefaultTimeoutSeconds);

    /// <value>Zero: only the total counts.</value>
    public TimeSpan ResponseStartTimeout { get; init; }

    /// <value>Zero: a response may stand still until the total is up.</value>
    public TimeSpan IdleTimeout { get; init; }

    /// <value>Pods it may have at most; 0 where its annotations set no limit.</value>
    public int MaxPods { get; init; }

    /// <summary>Whether the application speaks HTTP/2 with prior knowledge: its port is named <c>h2c</c>.</summary>
    public bool IsHttp2 { get; init; }

    public static RevisionSettings Of(Revision revision) => new()
    {
        Uid = revision.Metadata.Uid ?? "",
        Service = revision.Metadata.Labels.Get("serving.knative.dev/service") ?? "",
        Configuration = revision.Metadata.Labels.Get("serving.knative.dev/configuration") ?? "",
        ContainerConcurrency = (int)Math.Clamp(revision.Spec.ContainerConcurrency ?? 0, 0, int.MaxValue),
        Timeout = Seconds(revision.Spec.TimeoutSeconds is > 0 and var given ? given : DefaultTimeoutSeconds),
        ResponseStartTimeout = Seconds(revision.Spec.ResponseStartTimeoutSeconds ?? 0),
        IdleTimeout = Seconds(revision.Spec.IdleTimeoutSeconds ?? 0),
        MaxPods = AutoscalingKeys.MaxScale.Find(revision.Metadata.Annotations) is { Value: var max } && int.TryParse(max, out var pods) ? Math.Max(pods, 0) : 0,
        IsHttp2 = PodAddress.ServingContainer(revision.Spec) is { Ports: [{ Name: "h2c" }, ..] },
    };

    // A day bounds what a field may say, so that no sum of timestamps overflows; the API allows ten minutes by default.
    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400));
}
