using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Revisions;

/// <summary>What a Revision's labels and annotations become on its Deployment, pods and PodAutoscaler.</summary>
internal static class RevisionMetadata
{
    /// <summary>The Revision's labels, less what changes with routing, plus its identity. Made once per plan and shared.</summary>
    public static StringMap Labels(Revision revision)
    {
        var labels = new List<KeyValuePair<string, string>>(revision.Metadata.Labels.Count + 3)
        {
            new(ServingLabels.App, revision.Metadata.Name),
        };
        foreach (var entry in revision.Metadata.Labels)
            if (entry.Key is not (ServingLabels.Route or ServingLabels.RoutingState)) labels.Add(entry);
        labels.Add(new(ServingLabels.Revision, revision.Metadata.Name));
        labels.Add(new(ServingLabels.RevisionUid, revision.Metadata.Uid ?? ""));
        return StringMap.From(labels);
    }

    /// <summary>
    /// The annotations for the Deployment and its pods: those of scaling and routing stay behind, since they may change freely.
    /// </summary>
    public static StringMap Annotations(Revision revision) => revision.Metadata.Annotations.Where(static key =>
        !IsAutoscaling(key)
        && key is not (ServingAnnotations.LastPinned or ServingAnnotations.NoGarbageCollection
            or ServingAnnotations.RoutingStateModified or ServingAnnotations.Routes));

    /// <summary>The annotations for the PodAutoscaler: those of scaling.</summary>
    public static StringMap AutoscalingAnnotations(Revision revision) => revision.Metadata.Annotations.Where(IsAutoscaling);

    private static bool IsAutoscaling(string key) => key.StartsWith(ServingAnnotations.AutoscalingPrefix, StringComparison.Ordinal);
}
