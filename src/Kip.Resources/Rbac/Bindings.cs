namespace Kip.Resources.Rbac;

/// <summary>Gives a role to somebody within its namespace.</summary>
public sealed record RoleBinding : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = RbacNames.Group, Version = "v1", Kind = "RoleBinding", Plural = "rolebindings", Singular = "rolebinding", Namespaced = true,
        StrategicMerge = true, ClrType = typeof(RoleBinding),
    };

    public ValueList<Subject> Subjects { get; init; }
    public RoleRef RoleRef { get; init => field = value ?? new(); } = new();

    public override KindDefinition GetDefinition() => Definition;
}

/// <summary>Gives a ClusterRole to somebody everywhere.</summary>
public sealed record ClusterRoleBinding : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = RbacNames.Group, Version = "v1", Kind = "ClusterRoleBinding", Plural = "clusterrolebindings", Singular = "clusterrolebinding",
        Namespaced = false, StrategicMerge = true, ClrType = typeof(ClusterRoleBinding),
    };

    public ValueList<Subject> Subjects { get; init; }
    public RoleRef RoleRef { get; init => field = value ?? new(); } = new();

    public override KindDefinition GetDefinition() => Definition;
}

/// <summary>Somebody: a user, a group, or a ServiceAccount of a namespace.</summary>
public sealed record Subject
{
    /// <value><c>User</c>, <c>Group</c> or <c>ServiceAccount</c>.</value>
    public string? Kind { get; init; }
    public string? ApiGroup { get; init; }
    public string? Name { get; init; }

    /// <summary>Of a ServiceAccount only.</summary>
    public string? Namespace { get; init; }
}

/// <summary>The role that is given. It cannot be changed: who would give another one makes another binding.</summary>
public sealed record RoleRef
{
    public string? ApiGroup { get; init; }

    /// <value><c>Role</c> or <c>ClusterRole</c>.</value>
    public string? Kind { get; init; }
    public string? Name { get; init; }
}
