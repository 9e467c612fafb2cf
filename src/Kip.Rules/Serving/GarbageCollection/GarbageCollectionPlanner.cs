using System.Globalization;
using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Configurations;

namespace Kip.Rules.Serving.GarbageCollection;

/// <summary>Deletes the Revisions of a Configuration that nobody has referred to for long, oldest use first.</summary>
public static class GarbageCollectionPlanner
{
    // A look that is due in days is due at the next resync as well; timers are kept short.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(10);

    /// <summary>Decides which Revisions go now, and when the next may have to.</summary>
    public static Plan Plan(GarbageCollectionView seen)
    {
        var (config, min) = (seen.Config, seen.Config.MinNonActiveRevisions);
        if (config.IsDisabled || seen.Revisions.Count <= min) return Resources.Planning.Plan.Nothing;
        var idle = seen.Revisions.Where(r => !IsActive(r, seen.Configuration))
            .OrderBy(LastActive).ThenBy(static r => r.Metadata.Name, StringComparer.Ordinal).ToList();
        if (idle.Count <= min) return Resources.Planning.Plan.Nothing;

        // 1. What is stale goes, as long as the minimum stays.
        var gone = idle.Where(r => IsStale(r, config, seen.Now)).Take(idle.Count - min).ToHashSet();
        idle.RemoveAll(gone.Contains);
        // 2. What is more than the maximum goes, stale or not.
        if (config.MaxNonActiveRevisions is { } max && idle.Count > max) gone.UnionWith(idle.Take(idle.Count - max));
        idle.RemoveAll(gone.Contains);

        return new Plan(gone.OrderBy(LastActive).Select(static r => (Edit)new Edit.Delete(r)).ToValueList(),
            RequeueAfter: idle.Count > min ? NextStale(idle, config, seen.Now) : null);
    }

    // Whatever the labeler has not put in reserve counts as in use. The present generation's own would be made again at once.
    private static bool IsActive(Revision revision, Configuration configuration) =>
        revision.Metadata is { DeletionTimestamp: not null } or { CreationTimestamp: null }
        || revision.Metadata.Name == configuration.Status.LatestReadyRevisionName
        || revision.Metadata.Name == RevisionOfConfiguration.NameFor(configuration)
        || "true".Equals(revision.Metadata.Annotations.Get(ServingAnnotations.NoGarbageCollection), StringComparison.OrdinalIgnoreCase)
        || revision.Metadata.Labels.Get(ServingLabels.RoutingState) != RoutingStates.Reserve;

    private static bool IsStale(Revision revision, GarbageCollectionConfig config, DateTimeOffset now) =>
        StaleAt(revision, config) is { } time && now >= time;

    // Both ages must be reached; one that is disabled does not stand in the way, two make nothing stale.
    private static DateTimeOffset? StaleAt(Revision revision, GarbageCollectionConfig config)
    {
        var byCreation = config.RetainSinceCreateTime is { } age ? Created(revision) + age : (DateTimeOffset?)null;
        var byUse = config.RetainSinceLastActiveTime is { } idle ? LastActive(revision) + idle : (DateTimeOffset?)null;
        return byCreation is null ? byUse : byUse is null || byCreation > byUse ? byCreation : byUse;
    }

    private static TimeSpan? NextStale(List<Revision> idle, GarbageCollectionConfig config, DateTimeOffset now)
    {
        var next = idle.Select(r => StaleAt(r, config)).Where(t => t > now).Min();
        if (next is null) return null;
        var wait = next.Value - now;
        return wait < LongestWait ? wait : LongestWait;
    }

    private static DateTimeOffset LastActive(Revision revision) =>
        DateTimeOffset.TryParse(revision.Metadata.Annotations.Get(ServingAnnotations.RoutingStateModified), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : Created(revision);

    private static DateTimeOffset Created(Revision revision) => revision.Metadata.CreationTimestamp!.Value;
}
