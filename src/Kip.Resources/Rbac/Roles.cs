namespace Kip.Resources.Rbac;

/// <summary>What may be done in its namespace, to be given to somebody by a RoleBinding.</summary>
public sealed record Role : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = RbacNames.Group, Version = "v1", Kind = "Role", Plural = "roles", Singular = "role", Namespaced = true,
        StrategicMerge = true, ClrType = typeof(Role),
    };

    public ValueList<PolicyRule> Rules { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

/// <summary>What may be done anywhere, to be given by a ClusterRoleBinding, or within one namespace by a RoleBinding.</summary>
public sealed record ClusterRole : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = RbacNames.Group, Version = "v1", Kind = "ClusterRole", Plural = "clusterroles", Singular = "clusterrole", Namespaced = false,
        StrategicMerge = true, ClrType = typeof(ClusterRole),
    };

    public ValueList<PolicyRule> Rules { get; init; }

    /// <summary>From which other ClusterRoles the platform gathers <see cref="Rules"/>; null: they are written by hand.</summary>
    public AggregationRule? AggregationRule { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

/// <summary>The ClusterRoles whose rules are gathered: those that one of the selectors chooses.</summary>
public sealed record AggregationRule
{
    public ValueList<LabelSelector> ClusterRoleSelectors { get; init; }
}

/// <summary>Names that these kinds share.</summary>
public static class RbacNames
{
    public const string Group = "rbac.authorization.k8s.io";
    public const string User = "User";
    public const string GroupKind = "Group";
    public const string ServiceAccount = "ServiceAccount";

    /// <summary>On roles and bindings that the platform brings: <c>true</c> has what is missing in them put back at each start.</summary>
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";
}
