using Kip.Resources;

namespace Kip.Rules.Scaling;

/// <summary>What the gateway saw of one revision over one report period (1 s, or at once for the first request of an idle revision).</summary>
/// <param name="Revision">The revision, which is also the PodAutoscaler's key.</param>
/// <param name="Time">When the period ended.</param>
/// <param name="AverageConcurrentRequests">Time-weighted mean of the requests in the gateway for this revision, waiting ones included.</param>
/// <param name="RequestCount">Requests that arrived in the period.</param>
public readonly record struct RevisionStat(NamespacedName Revision, DateTimeOffset Time, double AverageConcurrentRequests, double RequestCount);
