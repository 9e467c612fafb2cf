using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Quotas;

/// <summary>What LimitRanges fill in where a pod says nothing, and what they refuse (Kubernetes' LimitRanger).</summary>
public static class LimitRangeRules
{
    /// <summary>The pod with default requests and limits; the very pod when there is nothing to fill in.</summary>
    public static Pod Default(Pod pod, IReadOnlyCollection<LimitRange> ranges)
    {
        var (limits, requests) = (default(StringMap), default(StringMap));
        foreach (var item in Items(ranges, "Container"))
        {
            limits = item.Default.With(limits);
            requests = item.DefaultRequest.With(requests);
        }
        if (limits.IsEmpty && requests.IsEmpty) return pod;
        return pod with
        {
            Spec = pod.Spec with
            {
                Containers = [.. pod.Spec.Containers.Select(c => Fill(c, limits, requests))],
                InitContainers = [.. pod.Spec.InitContainers.Select(c => Fill(c, limits, requests))],
            },
        };
    }

    /// <summary>Everything that the ranges forbid of the pod.</summary>
    public static IReadOnlyList<string> Violations(Pod pod, IReadOnlyCollection<LimitRange> ranges)
    {
        var found = new List<string>();
        foreach (var item in Items(ranges, "Container"))
            foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
                Check(item, "Container", name => PodAmounts.Of(container, name, limits: false), name => PodAmounts.Of(container, name, limits: true), found);
        foreach (var item in Items(ranges, "Pod"))
            Check(item, "Pod", name => Whole(pod, name, limits: false), name => Whole(pod, name, limits: true), found);
        return found;
    }

    private static IEnumerable<LimitRangeItem> Items(IEnumerable<LimitRange> ranges, string type) =>
        ranges.OrderBy(static r => r.Metadata.Name, StringComparer.Ordinal).SelectMany(static r => r.Spec.Limits).Where(i => i.Type == type);

    private static Container Fill(Container container, StringMap limits, StringMap requests)
    {
        var stated = container.Resources ?? new();
        // A stated limit is its own request; the default's request would contradict it.
        var filled = stated with { Limits = limits.With(stated.Limits), Requests = requests.With(stated.Limits).With(stated.Requests) };
        return filled == container.Resources ? container : container with { Resources = filled };
    }

    private static Amount? Whole(Pod pod, string name, bool limits) =>
        pod.Spec.Containers.Any(c => PodAmounts.Of(c, name, limits) is not null) ? PodAmounts.Of(pod.Spec, name, limits) : null;

    private static void Check(LimitRangeItem item, string type, Func<string, Amount?> request, Func<string, Amount?> limit, List<string> found)
    {
        foreach (var (name, text) in item.Min)
        {
            var least = Amount.Parse(text);
            if (request(name) is not { } asked) found.Add($"minimum {name} usage per {type} is {text}.  No request is specified");
            else if (asked < least) found.Add($"minimum {name} usage per {type} is {text}, but request is {asked}");
            if (limit(name) is { } most && most < least) found.Add($"minimum {name} usage per {type} is {text}, but limit is {most}");
        }
        foreach (var (name, text) in item.Max)
        {
            var most = Amount.Parse(text);
            if (limit(name) is not { } stated) found.Add($"maximum {name} usage per {type} is {text}.  No limit is specified");
            else if (stated > most) found.Add($"maximum {name} usage per {type} is {text}, but limit is {stated}");
            if (request(name) is { } asked && asked > most) found.Add($"maximum {name} usage per {type} is {text}, but request is {asked}");
        }
        foreach (var (name, text) in item.MaxLimitRequestRatio)
        {
            if (request(name) is not { Billionths.IsZero: false } asked || limit(name) is not { } stated)
                found.Add($"{name} max limit to request ratio per {type} is {text}, but no request is specified or request is 0");
            else if ((double)stated.Billionths / (double)asked.Billionths is var ratio && ratio > (double)Amount.Parse(text).Billionths / 1e9)
                found.Add($"{name} max limit to request ratio per {type} is {text}, but provided ratio is {ratio:0.000000}");
        }
    }
}
