using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Rollouts;

namespace Kip.Rules.Serving.Routes;

/// <summary>The gradual rollout of one Route: how long it takes, where it goes, where it comes from.</summary>
internal static class RouteRollout
{
    /// <summary>The Route's own annotation, unless it says nothing or zero; then the platform's. Zero: no rollout.</summary>
    public static TimeSpan Duration(Route route, NetworkConfig config)
    {
        var stated = route.Metadata.Annotations.Get(ServingAnnotations.RolloutDuration)
            ?? route.Metadata.Annotations.Get(ServingAnnotations.RolloutDurationAlias);
        return GoDuration.TryParse(stated, out var own) && own > TimeSpan.Zero ? own : config.RolloutDuration;
    }

    /// <summary>The share that the latest Revision of each Configuration is to have, under the Route's own name and under each tag.</summary>
    public static Rollout Goal(ValueList<ResolvedTarget> targets)
    {
        var latest = targets.Where(static t => t.Configuration is not null).ToArray();
        var own = latest.GroupBy(static t => t.Configuration!)
            .Select(static g => Goal("", g.Key, (int)g.Sum(static t => t.Target.Percent ?? 0), g.First()));
        var tagged = latest.Where(static t => !string.IsNullOrEmpty(t.Target.Tag))
            .Select(static t => Goal(t.Target.Tag!, t.Configuration!, 100, t));
        return new Rollout(own.Concat(tagged).Where(static c => c.Percent > 0)
            .OrderBy(static c => c.Tag, StringComparer.Ordinal).ThenBy(static c => c.ConfigurationName, StringComparer.Ordinal).ToValueList());
    }

    /// <summary>
    /// The state so far: what the Ingress remembers, or, while there has been no rollout yet, what the Route's status shows.
    /// </summary>
    /// <remarks>
    /// The status names no Configurations. Of a Route that follows a single one it is clear all the same; another moves at once the first time.
    /// </remarks>
    public static Rollout Before(RouteView seen, ValueList<ResolvedTarget> targets)
    {
        var remembered = RolloutJson.Read(seen.Ingress?.Metadata.Annotations.Get(ServingAnnotations.Rollout));
        if (remembered != Rollout.None) return remembered;
        string[] followed = [.. targets.Select(static t => t.Configuration).OfType<string>().Distinct()];
        if (followed is not [var configuration]) return Rollout.None;
        var latest = seen.Route.Status.Traffic.Where(static t => t.LatestRevision == true && !string.IsNullOrEmpty(t.RevisionName)).ToArray();
        var own = latest.GroupBy(static t => t.RevisionName!)
            .Select(static g => new RevisionPercent(g.Key, (int)g.Sum(static t => t.Percent ?? 0))).Where(static r => r.Percent > 0).ToValueList();
        var states = latest.Where(static t => !string.IsNullOrEmpty(t.Tag))
            .Select(t => State(t.Tag!, configuration, [new RevisionPercent(t.RevisionName!, 100)]));
        return new Rollout(own.IsEmpty ? [.. states] : [State("", configuration, own), .. states]);
    }

    private static ConfigurationRollout Goal(string tag, string configuration, int percent, ResolvedTarget target) => new()
    {
        ConfigurationName = configuration, Tag = tag, Percent = percent, Revisions = [new RevisionPercent(target.Target.RevisionName!, percent)],
    };

    private static ConfigurationRollout State(string tag, string configuration, ValueList<RevisionPercent> revisions) => new()
    {
        ConfigurationName = configuration, Tag = tag, Percent = revisions.Sum(static r => r.Percent), Revisions = revisions,
    };
}
