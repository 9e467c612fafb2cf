using System.Globalization;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;

namespace Kip.Rules.Serving.Why;

/// <summary>What scaling has to do with one revision that gets traffic: its autoscaler, bounds, and pods.</summary>
internal sealed record RevisionFacts(
    Revision Revision, PodAutoscaler? Autoscaler, AutoscalingAnnotations Asked, int Min, int Max, PodCounts Pods, int Wanted, DeciderSpec? Spec)
{
    public string Name => Revision.Metadata.Name;

    /// <summary>Where min-scale comes from, for a person.</summary>
    public string MinSource => Asked.MinScale is not null ? $"autoscaling.knative.dev/min-scale on Revision {Name}" : "min-scale in config-autoscaler";

    public string MaxSource => Asked.MaxScale is not null ? $"autoscaling.knative.dev/max-scale on Revision {Name}" : "max-scale in config-autoscaler";

    /// <summary>The revisions that the route leads to, the one with most traffic first.</summary>
    public static IReadOnlyList<RevisionFacts> Routed(WhyView seen)
    {
        var traffic = seen.Service.Status.Traffic;
        return [.. traffic.Where(static t => t.RevisionName is not null)
            .GroupBy(static t => t.RevisionName!).OrderByDescending(static g => g.Sum(static t => t.Percent ?? 0))
            .ThenBy(static g => g.Key, StringComparer.Ordinal)
            .Select(g => seen.Revisions.FirstOrDefault(r => r.Metadata.Name == g.Key)).OfType<Revision>().Select(r => Of(seen, r))];
    }

    /// <summary>All revisions that have pods, routed or not.</summary>
    public static IReadOnlyList<RevisionFacts> WithPods(WhyView seen) => [.. seen.Revisions.Select(r => Of(seen, r)).Where(static f => f.Pods.Total > 0)];

    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static RevisionFacts Of(WhyView seen, Revision revision)
    {
        var autoscaler = seen.Autoscalers.FirstOrDefault(a => a.Metadata.Name == revision.Metadata.Name);
        var asked = AutoscalingAnnotations.Read(autoscaler?.Metadata.Annotations ?? revision.Metadata.Annotations);
        var (min, max) = autoscaler is null ? (asked.MinScale ?? 0, asked.MaxScale ?? 0) : ScaleApplication.Bounds(autoscaler, asked, seen.Autoscaler);
        Pod[] pods = [.. seen.Pods.Where(p => p.Metadata.Labels.Get(ServingLabels.Revision) == revision.Metadata.Name)];
        var deployment = seen.Deployments.FirstOrDefault(d => d.Metadata.Labels.Get(ServingLabels.Revision) == revision.Metadata.Name);
        return new(revision, autoscaler, asked, min, max, PodCounts.Of(pods), deployment?.Spec.Replicas ?? 0,
            autoscaler is null ? null : DeciderSpec.For(autoscaler.Spec, asked, seen.Autoscaler));
    }
}
