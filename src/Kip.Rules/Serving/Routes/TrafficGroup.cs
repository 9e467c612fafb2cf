using Kip.Resources;
using Kip.Rules.Serving.Rollouts;

namespace Kip.Rules.Serving.Routes;

/// <summary>One share of a group's requests.</summary>
public sealed record RevisionShare(string RevisionName, int Percent, string Protocol);

/// <summary>The Revisions behind one host: the Route's own, or a tag's.</summary>
/// <param name="Tag">Empty for the Route's own.</param>
/// <param name="Shares">They add up to 100; none is 0.</param>
public sealed record TrafficGroup(string Tag, ValueList<RevisionShare> Shares)
{
    /// <summary>The groups of a Route, the default one first, then by tag.</summary>
    /// <remarks>
    /// Every target counts for the default group by its percentage; a tag's host always gets all of its own traffic, whatever that says.
    /// </remarks>
    /// <param name="rollout">How the shares of latest Revisions are spread now.</param>
    /// <param name="protocolOf">The protocol of a Revision that a rollout still serves.</param>
    public static ValueList<TrafficGroup> Of(ValueList<ResolvedTarget> targets, Rollout rollout, Func<string, string> protocolOf)
    {
        var groups = new List<TrafficGroup> { new("", Spread("", targets, static t => (int)(t.Target.Percent ?? 0), rollout, protocolOf)) };
        var tagged = targets.Where(static t => !string.IsNullOrEmpty(t.Target.Tag)).GroupBy(static t => t.Target.Tag!);
        foreach (var tag in tagged.OrderBy(static g => g.Key, StringComparer.Ordinal))
            groups.Add(new(tag.Key, Spread(tag.Key, tag, static _ => 100, rollout, protocolOf)));
        return [.. groups];
    }

    private static ValueList<RevisionShare> Spread(string tag, IEnumerable<ResolvedTarget> targets, Func<ResolvedTarget, int> percentOf,
        Rollout rollout, Func<string, string> protocolOf)
    {
        var spread = new List<RevisionShare>();
        var rolling = new HashSet<string>();
        foreach (var target in targets)
        {
            if (target.Configuration is { } configuration && rollout.Find(tag, configuration) is { Revisions.Count: > 1 } state)
            {
                // The state holds the Configuration's whole share, of however many targets that is.
                if (rolling.Add(configuration))
                    spread.AddRange(state.Revisions.Select(r => new RevisionShare(r.RevisionName, r.Percent, protocolOf(r.RevisionName))));
            }
            else spread.Add(new RevisionShare(target.Target.RevisionName!, percentOf(target), target.Protocol));
        }
        var shares = spread.GroupBy(static s => s.RevisionName)
            .Select(static g => g.First() with { Percent = g.Sum(static s => s.Percent) }).Where(static s => s.Percent > 0).ToArray();
        return shares.Length == 1 ? [shares[0] with { Percent = 100 }] : [.. shares];
    }
}
