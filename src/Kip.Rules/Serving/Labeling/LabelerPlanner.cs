using System.Globalization;
using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;

namespace Kip.Rules.Serving.Labeling;

/// <summary>Writes on Configurations and Revisions which Routes refer to them, and on Revisions whether any does.</summary>
/// <remarks>
/// The autoscaler keeps minimum pods, and the garbage collector keeps Revisions, by these marks. There is no finalizer: when a Route is
/// gone, whatever still names it is cleared, so that the deletion of a Route never waits for the labeler.
/// </remarks>
public static class LabelerPlanner
{
    /// <summary>Decides which marks are to be set and which removed for one Route.</summary>
    public static Plan Plan(LabelerView seen)
    {
        var isGone = seen.Route?.Metadata.DeletionTimestamp is not null || seen.Route is null;
        var wanted = isGone ? RouteReferences.None : RouteReferences.Of(seen);
        // While it is not clear what the Route serves, nothing is taken away from what it served before.
        var mayRemove = isGone || IsSettled(seen.Route!);
        var edits = new List<Edit>();
        foreach (var configuration in seen.Configurations.OrderBy(static c => c.Metadata.Name, StringComparer.Ordinal))
        {
            var isWanted = wanted.Configurations.Contains(configuration.Metadata.Name);
            if (Marked(configuration.Metadata, isWanted, mayRemove, seen) is { } metadata)
                edits.Add(new Edit.Update(configuration with { Metadata = metadata }));
        }
        foreach (var revision in seen.Revisions.OrderBy(static r => r.Metadata.Name, StringComparer.Ordinal))
        {
            var isWanted = wanted.Revisions.Contains(revision.Metadata.Name);
            var metadata = Marked(revision.Metadata, isWanted, mayRemove, seen) ?? revision.Metadata;
            // What never had a Route stays pending; only one that has or had one is active or in reserve.
            if (RouteList.Of(metadata).Length > 0 || !ReferenceEquals(metadata, revision.Metadata))
                metadata = WithState(metadata, seen.Now);
            if (!ReferenceEquals(metadata, revision.Metadata)) edits.Add(new Edit.Update(revision with { Metadata = metadata }));
        }
        return new Plan([.. edits]);
    }

    /// <summary>Whether anything that is read of a Configuration differs: its marks, or the name of its latest Revision.</summary>
    public static bool Reads(Configuration before, Configuration now) =>
        Reads(before.Metadata, now.Metadata) || before.Status.LatestCreatedRevisionName != now.Status.LatestCreatedRevisionName;

    /// <summary>Whether anything that is read of a Revision differs: its marks, not how it does.</summary>
    public static bool Reads(Revision before, Revision now) => Reads(before.Metadata, now.Metadata);

    private static bool Reads(ObjectMeta before, ObjectMeta now) =>
        before.Labels != now.Labels || before.Annotations != now.Annotations || before.DeletionTimestamp != now.DeletionTimestamp;

    private static bool IsSettled(Route route) =>
        route.Status.ObservedGeneration == route.Metadata.Generation
        && route.Status.Conditions.Find(ConditionSet.Ready) is { Status: not ConditionStatus.Unknown };

    // The metadata with the Route added to or taken from its list; null when it is right already.
    private static ObjectMeta? Marked(ObjectMeta metadata, bool isWanted, bool mayRemove, LabelerView seen)
    {
        var isMarked = RouteList.Of(metadata).Contains(seen.Key.Name);
        if (isWanted == isMarked || (!isWanted && !mayRemove) || metadata.DeletionTimestamp is not null) return null;
        if (seen.Route is null && IsBornMarked(metadata, seen.Key.Name)) return null;
        var list = metadata.Annotations.Get(ServingAnnotations.Routes);
        var changed = isWanted ? RouteList.Add(list, seen.Key.Name) : RouteList.Remove(list, seen.Key.Name);
        return metadata with
        {
            Annotations = changed is null
                ? metadata.Annotations.Without(ServingAnnotations.Routes)
                : metadata.Annotations.With(ServingAnnotations.Routes, changed),
        };
    }

    // A Service marks what it makes before its Route is there: a Route that is missing then is on its way, or the Service is going itself.
    private static bool IsBornMarked(ObjectMeta metadata, string route) => metadata.Labels.Get(ServingLabels.Service) == route;

    private static ObjectMeta WithState(ObjectMeta metadata, DateTimeOffset now)
    {
        var state = RouteList.Of(metadata).Length > 0 ? RoutingStates.Active : RoutingStates.Reserve;
        if (metadata.Labels.Get(ServingLabels.RoutingState) == state) return metadata;
        var time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return metadata with
        {
            Labels = metadata.Labels.With(ServingLabels.RoutingState, state),
            Annotations = metadata.Annotations.With(ServingAnnotations.RoutingStateModified, time),
        };
    }
}
