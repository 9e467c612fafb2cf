using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Rollouts;

namespace Kip.Rules.Serving.Routes;

/// <summary>A Route's traffic as its status shows it: Revisions, their percentages now, and the URLs of tags.</summary>
internal static class RouteTraffic
{
    public static ValueList<TrafficTarget> Of(TrafficResolution resolution, Rollout rollout,
        List<(TrafficGroup Group, RouteHosts Hosts)> groups)
    {
        var left = rollout.Configurations.Where(static c => c is { Tag: "", Revisions.Count: > 1 })
            .ToDictionary(static c => c.ConfigurationName, static c => c.Revisions.ToList());
        var targets = resolution.Targets.SelectMany(t =>
            t.Configuration is { } configuration && left.TryGetValue(configuration, out var revisions)
                ? Spread(t.Target, revisions)
                : [t.Target]);
        return TrafficTargets.Merge(targets)
            .Select(t => string.IsNullOrEmpty(t.Tag) ? t : t with { Url = groups.Find(g => g.Group.Tag == t.Tag).Hosts.Url })
            .ToValueList();
    }

    // Several targets may follow one Configuration: each takes its percentage from what those before it have left.
    private static IEnumerable<TrafficTarget> Spread(TrafficTarget target, List<RevisionPercent> left)
    {
        var rest = (int)(target.Percent ?? 0);
        if (rest == 0) yield return target;
        while (rest > 0 && left.Count > 0)
        {
            var taken = Math.Min(rest, left[0].Percent);
            yield return target with { RevisionName = left[0].RevisionName, Percent = taken };
            rest -= taken;
            if (taken == left[0].Percent) left.RemoveAt(0);
            else left[0] = left[0] with { Percent = left[0].Percent - taken };
        }
    }
}
