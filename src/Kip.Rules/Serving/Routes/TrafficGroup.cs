using Kip.Resources;

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
    public static ValueList<TrafficGroup> Of(ValueList<ResolvedTarget> targets)
    {
        var groups = new List<TrafficGroup> { new("", Normalise(targets, static t => t.Target.Percent ?? 0)) };
        var tagged = targets.Where(static t => !string.IsNullOrEmpty(t.Target.Tag)).GroupBy(static t => t.Target.Tag!);
        foreach (var tag in tagged.OrderBy(static g => g.Key, StringComparer.Ordinal))
            groups.Add(new(tag.Key, Normalise(tag, static _ => 100)));
        return [.. groups];
    }

    private static ValueList<RevisionShare> Normalise(IEnumerable<ResolvedTarget> targets, Func<ResolvedTarget, long> percentOf)
    {
        var shares = targets
            .GroupBy(static t => t.Target.RevisionName!)
            .Select(g => new RevisionShare(g.Key, (int)g.Sum(percentOf), g.First().Protocol))
            .Where(static s => s.Percent > 0)
            .ToArray();
        return shares.Length == 1 ? [shares[0] with { Percent = 100 }] : [.. shares];
    }
}
