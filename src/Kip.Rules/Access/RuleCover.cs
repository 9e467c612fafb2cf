using Kip.Resources;
using Kip.Resources.Rbac;

namespace Kip.Rules.Access;

/// <summary>Whether somebody who has some rules has others with them: nobody gives what he does not have.</summary>
public static class RuleCover
{
    /// <summary>The parts of the wanted rules that the held ones do not cover: one verb on one resource or path each.</summary>
    public static IReadOnlyList<PolicyRule> Missing(IReadOnlyList<PolicyRule> held, IEnumerable<PolicyRule> wanted) =>
        [.. wanted.SelectMany(Parts).Where(part => !held.Any(rule => Covers(rule, part)))];

    /// <summary>Kubernetes' words for missing rights: parts that differ in their verbs alone share a line.</summary>
    public static string Describe(IEnumerable<PolicyRule> parts) => string.Join('\n', parts
        .GroupBy(static part => part with { Verbs = [] })
        .Select(static group => Line(group.Key, group.Select(static part => part.Verbs[0]).Distinct()))
        .Order(StringComparer.Ordinal));

    private static IEnumerable<PolicyRule> Parts(PolicyRule rule)
    {
        foreach (var verb in rule.Verbs.ToArray())
        {
            foreach (var path in rule.NonResourceUrls.ToArray()) yield return new() { Verbs = [verb], NonResourceUrls = [path] };
            foreach (var group in rule.ApiGroups.ToArray())
                foreach (var resource in rule.Resources.ToArray())
                {
                    var part = new PolicyRule { Verbs = [verb], ApiGroups = [group], Resources = [resource] };
                    if (rule.ResourceNames.IsEmpty) yield return part;
                    foreach (var name in rule.ResourceNames.ToArray()) yield return part with { ResourceNames = [name] };
                }
        }
    }

    // What a part asks for literally is what a rule must allow; a star in the part is covered by a star alone.
    private static bool Covers(PolicyRule rule, PolicyRule part)
    {
        if (!part.NonResourceUrls.IsEmpty) return RuleMatch.Allows(rule, AccessRequest.OfPath(part.Verbs[0], part.NonResourceUrls[0]));
        var resource = part.Resources[0].Split('/', 2);
        var name = part.ResourceNames.IsEmpty ? "" : part.ResourceNames[0];
        return RuleMatch.Allows(rule, new(part.Verbs[0], part.ApiGroups[0], resource[0], resource.Length > 1 ? resource[1] : "", Name: name));
    }

    private static string Line(PolicyRule part, IEnumerable<string> verbs)
    {
        List<string> fields = [];
        Add("APIGroups", part.ApiGroups);
        Add("Resources", part.Resources);
        Add("ResourceNames", part.ResourceNames);
        Add("NonResourceURLs", part.NonResourceUrls);
        Add("Verbs", verbs);
        return $"{{{string.Join(", ", fields)}}}";

        void Add(string field, IEnumerable<string> values)
        {
            var list = values.Select(static value => $"\"{value}\"").ToArray();
            if (list.Length > 0) fields.Add($"{field}:[{string.Join(' ', list)}]");
        }
    }
}
