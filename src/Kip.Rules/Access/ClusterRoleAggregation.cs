using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Resources.Selectors;

namespace Kip.Rules.Access;

/// <summary>Gathers the rules of an aggregated ClusterRole from those that its selectors choose.</summary>
public static class ClusterRoleAggregation
{
    /// <summary>The rules that the role should have: each once, by the names of the roles they come from.</summary>
    /// <param name="role">A role with an aggregation rule.</param>
    /// <param name="all">Every ClusterRole.</param>
    public static ValueList<PolicyRule> RulesOf(ClusterRole role, IEnumerable<ClusterRole> all)
    {
        var ordered = all.Where(other => other.Metadata.Name != role.Metadata.Name)
            .OrderBy(static other => other.Metadata.Name, StringComparer.Ordinal).ToArray();
        var rules = new List<PolicyRule>();
        foreach (var selector in role.AggregationRule!.ClusterRoleSelectors)
        {
            var query = LabelQuery.From(selector);
            // A selector that states nothing would gather everything, which nobody means.
            if (query.IsEverything) continue;
            foreach (var rule in ordered.Where(other => query.Matches(other.Metadata.Labels)).SelectMany(static other => (IEnumerable<PolicyRule>)other.Rules))
                if (!rules.Contains(rule)) rules.Add(rule);
        }
        return [.. rules];
    }
}
