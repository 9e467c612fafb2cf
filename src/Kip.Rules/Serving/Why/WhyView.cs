using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Rules.Serving.Why;

/// <summary>What somebody wonders about a service.</summary>
public enum WhyQuestion
{
    /// <summary>Whatever is most amiss; if nothing is, why it has the pods that it has.</summary>
    Anything,
    NotReady,

    /// <summary>Requests are answered 503 (or 504).</summary>
    Unavailable,
    Slow,
    ScaleUp,
    ScaleToZero,
}

/// <summary>All that is known of one service when it is asked why it is as it is.</summary>
public sealed record WhyView
{
    public required Service Service { get; init; }
    public Configuration? Configuration { get; init; }
    public Route? Route { get; init; }

    /// <summary>The class of the Route's Ingress; null while there is no Ingress.</summary>
    public string? IngressClass { get; init; }
    public ValueList<Revision> Revisions { get; init; }
    public ValueList<PodAutoscaler> Autoscalers { get; init; }
    public ValueList<Deployment> Deployments { get; init; }
    public ValueList<Pod> Pods { get; init; }

    /// <summary>The namespace's Kubernetes Events, in any order.</summary>
    public ValueList<Event> Events { get; init; }

    /// <summary>The last lines that the newest pod of each revision wrote, by the revision's name; oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Logs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What the autoscaler last decided about each revision, by name; empty where it cannot be asked.</summary>
    public IReadOnlyDictionary<string, LastDecision> Decisions { get; init; } = new Dictionary<string, LastDecision>();
    public AutoscalerConfig Autoscaler { get; init; } = AutoscalerConfig.Default;
    public required DateTimeOffset Now { get; init; }
}

/// <summary>The autoscaler's last word about a revision.</summary>
/// <param name="Called">Pods that the load calls for, before bounds.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record LastDecision(int Called, string Reason);

/// <summary>What a link of the chain is.</summary>
public enum WhyLink
{
    Condition,
    Event,
    Log,
    Pods,
    Setting,
    Fix,
}

/// <summary>One link, in plain words.</summary>
public sealed record WhyStep(WhyLink Link, string Text);

/// <summary>The answer: what is the case, and one chain from what is seen to what to do.</summary>
/// <param name="Verdict">One sentence.</param>
/// <param name="IsTrouble">Whether something should be done about it.</param>
/// <param name="Chain">From effect to cause to remedy.</param>
public sealed record Diagnosis(string Verdict, bool IsTrouble, ValueList<WhyStep> Chain);
