using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Host.Commands.Traffic;

/// <summary>Reads <c>REV=PCT</c> arguments into a Service's traffic block.</summary>
public static class TrafficShares
{
    /// <summary>The name that stands for the latest ready revision.</summary>
    public const string Latest = "@latest";

    /// <summary>The traffic block that the shares and the tags kept from the present one make.</summary>
    /// <exception cref="CommandFailure">A share is not <c>REV=PCT</c>, names a revision twice, or they do not sum to 100.</exception>
    public static ValueList<TrafficTarget> Parse(IReadOnlyList<string> shares, ValueList<TrafficTarget> present)
    {
        var targets = shares.Select(Parse).ToList();
        if (targets.GroupBy(Name).FirstOrDefault(static g => g.Count() > 1) is { } twice)
            throw new CommandFailure($"{twice.Key} is named twice; give each revision one share");
        var sum = targets.Sum(static t => t.Percent ?? 0);
        if (sum != 100) throw new CommandFailure($"the shares sum to {sum}, want 100");
        // Tagged targets keep their own address; their share of the untagged traffic moves to what was asked for.
        var tagged = present.Where(static t => !string.IsNullOrEmpty(t.Tag)).Select(static t => t with { Percent = 0, Url = null });
        return [.. targets, .. tagged];
    }

    private static string Name(TrafficTarget target) => target.LatestRevision == true ? Latest : target.RevisionName!;

    private static TrafficTarget Parse(string share)
    {
        var at = share.LastIndexOf('=');
        var number = at < 0 ? "" : share[(at + 1)..].TrimEnd('%');
        if (at <= 0 || !int.TryParse(number, out var percent) || percent is < 0 or > 100)
            throw new CommandFailure($"\"{share}\" is not REV=PCT, e.g. hello-00001=90 or {Latest}=10");
        var name = share[..at];
        return name == Latest
            ? new TrafficTarget { LatestRevision = true, Percent = percent }
            : new TrafficTarget { RevisionName = name, LatestRevision = false, Percent = percent };
    }
}
