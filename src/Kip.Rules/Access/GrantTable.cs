using Kip.Resources.Rbac;

namespace Kip.Rules.Access;

/// <summary>The grants of one namespace, or of the cluster, by whom they are given to.</summary>
internal sealed class GrantTable
{
    private readonly Dictionary<string, List<RoleGrant>> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RoleGrant>> _groups = new(StringComparer.Ordinal);

    public void Add(RoleGrant grant)
    {
        var to = grant.To;
        if (string.IsNullOrEmpty(to.Name)) return;
        switch (to.Kind)
        {
            case RbacNames.User: Add(_users, to.Name, grant); break;
            case RbacNames.GroupKind: Add(_groups, to.Name, grant); break;
            case RbacNames.ServiceAccount:
                // In a RoleBinding the account's namespace may be left out: it is the binding's.
                var space = string.IsNullOrEmpty(to.Namespace) ? grant.Place.Namespace : to.Namespace;
                if (space.Length > 0) Add(_users, UserInfo.NameOfServiceAccount(space, to.Name), grant);
                break;
        }
    }

    /// <summary>What a user is given, by name and by groups.</summary>
    public IEnumerable<RoleGrant> Of(UserInfo user)
    {
        if (_users.TryGetValue(user.Name, out var own))
            foreach (var grant in own) yield return grant;
        for (var i = 0; i < user.Groups.Count; i++)
            if (_groups.TryGetValue(user.Groups[i], out var shared))
                foreach (var grant in shared) yield return grant;
    }

    private static void Add(Dictionary<string, List<RoleGrant>> table, string key, RoleGrant grant)
    {
        if (!table.TryGetValue(key, out var list)) table[key] = list = [];
        list.Add(grant);
    }
}
