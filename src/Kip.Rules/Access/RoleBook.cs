using Kip.Resources;
using Kip.Resources.Rbac;

namespace Kip.Rules.Access;

/// <summary>Who may do what: all roles and bindings of one moment, ready to be asked. Immutable.</summary>
/// <remarks>Kubernetes' RBAC: what no rule allows is not allowed, and no rule takes anything away.</remarks>
public sealed class RoleBook
{
    private readonly GrantTable _cluster = new();
    private readonly Dictionary<string, GrantTable> _spaces = new(StringComparer.Ordinal);
    private readonly Dictionary<NamespacedName, ValueList<PolicyRule>> _roles = [];

    public RoleBook(
        IEnumerable<Role> roles, IEnumerable<ClusterRole> clusterRoles, IEnumerable<RoleBinding> bindings, IEnumerable<ClusterRoleBinding> clusterBindings)
    {
        foreach (var role in roles) _roles[role.Key] = role.Rules;
        foreach (var role in clusterRoles) _roles[role.Key] = role.Rules;
        foreach (var binding in clusterBindings) Add(_cluster, binding.Key, binding.RoleRef, binding.Subjects);
        foreach (var binding in bindings)
        {
            var space = binding.Metadata.Namespace;
            if (!_spaces.TryGetValue(space, out var table)) _spaces[space] = table = new();
            Add(table, binding.Key, binding.RoleRef, binding.Subjects);
        }
    }

    /// <summary>Whether the user may do what is asked.</summary>
    public AccessDecision Decide(UserInfo user, in AccessRequest asked)
    {
        List<string>? missing = null;
        foreach (var grant in GrantsOf(user, asked.IsResource ? asked.Namespace : ""))
        {
            if (grant.Rules is not { } rules)
            {
                (missing ??= []).Add(grant.Missing);
                continue;
            }
            foreach (var rule in rules)
                if (RuleMatch.Allows(rule, asked)) return new(true, grant.Reason);
        }
        return new(false, missing switch { null => "", [var one] => $"RBAC: {one}", _ => $"RBAC: [{string.Join(", ", missing)}]" });
    }

    /// <summary>Every rule that counts for the user in a namespace (empty: in the whole cluster), and the roles that were not found.</summary>
    public (IReadOnlyList<PolicyRule> Rules, IReadOnlyList<string> Missing) RulesOf(UserInfo user, string @namespace)
    {
        var (rules, missing) = (new List<PolicyRule>(), new List<string>());
        foreach (var grant in GrantsOf(user, @namespace))
            if (grant.Rules is { } found) rules.AddRange(found);
            else missing.Add(grant.Missing);
        return (rules, missing);
    }

    /// <summary>The rules of the role that a binding in a namespace (empty: a ClusterRoleBinding) refers to. Null: there is no such role.</summary>
    public ValueList<PolicyRule>? RulesOf(RoleRef role, string @namespace) =>
        _roles.TryGetValue(new(role.Kind == Role.Definition.Kind ? @namespace : "", role.Name ?? ""), out var rules) ? rules : null;

    private IEnumerable<RoleGrant> GrantsOf(UserInfo user, string space)
    {
        foreach (var grant in _cluster.Of(user)) yield return grant;
        if (space.Length == 0 || !_spaces.TryGetValue(space, out var table)) yield break;
        foreach (var grant in table.Of(user)) yield return grant;
    }

    private void Add(GrantTable table, NamespacedName place, RoleRef role, ValueList<Subject> subjects)
    {
        var rules = RulesOf(role, place.Namespace);
        foreach (var subject in subjects) table.Add(new RoleGrant(rules, place, role, subject));
    }
}
