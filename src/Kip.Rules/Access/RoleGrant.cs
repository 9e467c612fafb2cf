using Kip.Resources;
using Kip.Resources.Rbac;

namespace Kip.Rules.Access;

/// <summary>One subject of one binding: the rules that it gives, and where they come from.</summary>
/// <param name="Rules">Null: the role is not there.</param>
/// <param name="Place">Namespace and name of the binding; a ClusterRoleBinding's namespace is empty.</param>
internal sealed record RoleGrant(ValueList<PolicyRule>? Rules, NamespacedName Place, RoleRef Role, Subject To)
{
    /// <summary>Kubernetes' words for a request that the grant allows.</summary>
    public string Reason => Place.Namespace.Length == 0
        ? $"RBAC: allowed by ClusterRoleBinding \"{Place.Name}\" of {Role.Kind} \"{Role.Name}\" to {Who}"
        : $"RBAC: allowed by RoleBinding \"{Place.Name}/{Place.Namespace}\" of {Role.Kind} \"{Role.Name}\" to {Who}";

    /// <summary>Kubernetes' words for a role that is not there.</summary>
    public string Missing => $"{Role.Kind?.ToLowerInvariant()}.{RbacNames.Group} \"{Role.Name}\" not found";

    private string Who => To.Kind == RbacNames.ServiceAccount
        ? $"{To.Kind} \"{To.Name}/{(string.IsNullOrEmpty(To.Namespace) ? Place.Namespace : To.Namespace)}\""
        : $"{To.Kind} \"{To.Name}\"";
}
