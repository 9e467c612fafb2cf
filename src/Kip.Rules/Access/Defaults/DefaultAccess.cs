using Kip.Resources;
using Kip.Resources.Rbac;

namespace Kip.Rules.Access.Defaults;

/// <summary>The roles and bindings that every platform has, and what is put back into them when it starts.</summary>
/// <remarks>As in Kubernetes: what is missing is put back, what was added stays, and an annotation set to false has all of it left alone.</remarks>
public static class DefaultAccess
{
    private static readonly ObjectMeta Marks = new()
    {
        Labels = StringMap.Of(("kubernetes.io/bootstrapping", "rbac-defaults")), Annotations = StringMap.Of((RbacNames.AutoUpdate, "true")),
    };

    public static IReadOnlyList<ClusterRole> Roles { get; } = [.. KubernetesRoles.All.Concat(KnativeRoles.All).Select(Marked)];

    public static IReadOnlyList<ClusterRoleBinding> Bindings { get; } = [.. KubernetesRoles.Bound.Select(static bound => new ClusterRoleBinding
    {
        Metadata = Marks with { Name = bound.Role },
        Subjects = bound.Groups.Select(static name => new Subject { Kind = RbacNames.GroupKind, ApiGroup = RbacNames.Group, Name = name }).ToValueList(),
        RoleRef = new() { ApiGroup = RbacNames.Group, Kind = ClusterRole.Definition.Kind, Name = bound.Role },
    })];

    /// <summary>The stored role with the rules that it lacks; the very object when it lacks none.</summary>
    public static ClusterRole Mended(ClusterRole stored, ClusterRole wanted)
    {
        if (!MayMend(stored)) return stored;
        // Gathered rules are the aggregation's affair.
        if (wanted.AggregationRule is not null)
            return stored.AggregationRule == wanted.AggregationRule ? stored : stored with { AggregationRule = wanted.AggregationRule };
        var missing = wanted.Rules.Where(rule => !stored.Rules.Contains(rule)).ToArray();
        return missing.Length == 0 ? stored : stored with { Rules = [.. stored.Rules, .. missing] };
    }

    /// <summary>The stored binding with the subjects that it lacks; the very object when it lacks none.</summary>
    public static ClusterRoleBinding Mended(ClusterRoleBinding stored, ClusterRoleBinding wanted)
    {
        if (!MayMend(stored)) return stored;
        var missing = wanted.Subjects.Where(subject => !stored.Subjects.Contains(subject)).ToArray();
        return missing.Length == 0 ? stored : stored with { Subjects = [.. stored.Subjects, .. missing] };
    }

    private static bool MayMend(Resource stored) => stored.Metadata.Annotations.Get(RbacNames.AutoUpdate) == "true";

    private static ClusterRole Marked(ClusterRole role) => role with
    {
        Metadata = role.Metadata with { Labels = role.Metadata.Labels.With(Marks.Labels), Annotations = Marks.Annotations },
    };
}
