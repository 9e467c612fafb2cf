using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Revisions;

/// <summary>What the Revision planner sees.</summary>
public sealed record RevisionView
{
    public required Revision Revision { get; init; }

    /// <summary>The Deployment <c>&lt;revision&gt;-deployment</c>, whoever owns it; null when there is none.</summary>
    public Deployment? Deployment { get; init; }

    /// <summary>The PodAutoscaler of the same name, whoever owns it; null when there is none.</summary>
    public PodAutoscaler? PodAutoscaler { get; init; }

    /// <summary>The Revision's pods, in any order. Needed only while some are wanted and none is available.</summary>
    public ValueList<Pod> Pods { get; init; }

    /// <summary>Image without a digest to the reference with one, as far as known; needed until the status holds the digests.</summary>
    public StringMap Digests { get; init; }

    /// <summary>Image without a digest to why its content cannot be told, as the last attempt showed; it is tried again.</summary>
    public StringMap DigestFailures { get; init; }

    /// <summary>Whether a registry has been asked and has not answered.</summary>
    public bool AwaitsDigests { get; init; }

    /// <summary>What Deployments were made from before, so that none is made only to see that it would be the same. Null: each is made.</summary>
    public KnownDeployments? Known { get; init; }

    public ServingConfig Config { get; init; } = ServingConfig.Default;
    public required DateTimeOffset Now { get; init; }
}
