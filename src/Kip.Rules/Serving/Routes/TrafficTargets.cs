using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Routes;

/// <summary>Sums over traffic targets.</summary>
public static class TrafficTargets
{
    /// <summary>
    /// The targets with untagged ones for the same Revision made one, their percentages added, where the first of them stood.
    /// </summary>
    public static IEnumerable<TrafficTarget> Merge(IEnumerable<TrafficTarget> targets)
    {
        var merged = new List<TrafficTarget>();
        foreach (var target in targets)
        {
            var at = string.IsNullOrEmpty(target.Tag) ? merged.FindIndex(m => IsSame(m, target)) : -1;
            if (at < 0) merged.Add(target);
            else merged[at] = merged[at] with { Percent = (merged[at].Percent ?? 0) + (target.Percent ?? 0) };
        }
        return merged;
    }

    private static bool IsSame(TrafficTarget left, TrafficTarget right) =>
        string.IsNullOrEmpty(left.Tag) && left.RevisionName == right.RevisionName && left.LatestRevision == right.LatestRevision
        && left.ConfigurationName == right.ConfigurationName;
}
