using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Admission;

namespace Kip.Rules.Access;

/// <summary>Defaulting and validation of roles and bindings, in Kubernetes' words.</summary>
public static class RbacAdmission
{
    public static bool Knows(Resource resource) => resource is Role or ClusterRole or RoleBinding or ClusterRoleBinding;

    /// <summary>The object with the API groups that may be left out.</summary>
    public static Resource Default(Resource resource) => resource switch
    {
        RoleBinding binding => binding with { RoleRef = Default(binding.RoleRef), Subjects = Default(binding.Subjects) },
        ClusterRoleBinding binding => binding with { RoleRef = Default(binding.RoleRef), Subjects = Default(binding.Subjects) },
        var other => other,
    };

    public static void Validate(Resource resource, Resource? old, FieldErrors errors)
    {
        switch (resource)
        {
            case Role role: ValidateRules(role.Rules, namespaced: true, errors); break;
            case ClusterRole role:
                ValidateRules(role.Rules, namespaced: false, errors);
                if (role.AggregationRule is { ClusterRoleSelectors.IsEmpty: true })
                    errors.RequiredValue("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil");
                break;
            case RoleBinding binding: ValidateBinding(binding.RoleRef, (old as RoleBinding)?.RoleRef, binding.Subjects, namespaced: true, errors); break;
            case ClusterRoleBinding binding:
                ValidateBinding(binding.RoleRef, (old as ClusterRoleBinding)?.RoleRef, binding.Subjects, namespaced: false, errors);
                break;
        }
    }

    private static RoleRef Default(RoleRef role) => string.IsNullOrEmpty(role.ApiGroup) ? role with { ApiGroup = RbacNames.Group } : role;

    private static ValueList<Subject> Default(ValueList<Subject> subjects) => subjects.Select(static subject =>
        subject.Kind is RbacNames.User or RbacNames.GroupKind && string.IsNullOrEmpty(subject.ApiGroup) ? subject with { ApiGroup = RbacNames.Group } : subject)
        .ToValueList();

    private static void ValidateRules(ValueList<PolicyRule> rules, bool namespaced, FieldErrors errors)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            using var _ = errors.In("rules", i);
            ValidateRule(rules[i], namespaced, errors);
        }
    }

    private static void ValidateRule(PolicyRule rule, bool namespaced, FieldErrors errors)
    {
        if (rule.Verbs.IsEmpty) errors.RequiredValue("verbs", "verbs must contain at least one value");
        if (!rule.NonResourceUrls.IsEmpty)
        {
            if (namespaced) errors.InvalidValue(rule.NonResourceUrls, "nonResourceURLs", "namespaced rules cannot apply to non-resource URLs");
            if (!rule.ApiGroups.IsEmpty || !rule.Resources.IsEmpty || !rule.ResourceNames.IsEmpty)
                errors.InvalidValue(rule.NonResourceUrls, "nonResourceURLs", "rules cannot apply to both regular resources and non-resource URLs");
            return;
        }
        if (rule.ApiGroups.IsEmpty) errors.RequiredValue("apiGroups", "resource rules must supply at least one api group");
        if (rule.Resources.IsEmpty) errors.RequiredValue("resources", "resource rules must supply at least one resource");
    }

    private static void ValidateBinding(RoleRef role, RoleRef? old, ValueList<Subject> subjects, bool namespaced, FieldErrors errors)
    {
        using (errors.In("roleRef"))
        {
            if (role.ApiGroup != RbacNames.Group) errors.UnsupportedValue(role.ApiGroup ?? "", "apiGroup", RbacNames.Group);
            if (!namespaced && role.Kind != ClusterRole.Definition.Kind) errors.UnsupportedValue(role.Kind ?? "", "kind", ClusterRole.Definition.Kind);
            if (namespaced && role.Kind is not ("Role" or "ClusterRole")) errors.UnsupportedValue(role.Kind ?? "", "kind", "Role", "ClusterRole");
            if (string.IsNullOrEmpty(role.Name)) errors.RequiredValue("name");
        }
        if (old is not null && old != role) errors.InvalidValue($"{role.Kind}/{role.Name}", "roleRef", "cannot change roleRef");
        for (var i = 0; i < subjects.Count; i++)
        {
            using var _ = errors.In("subjects", i);
            ValidateSubject(subjects[i], namespaced, errors);
        }
    }

    private static void ValidateSubject(Subject subject, bool namespaced, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(subject.Name)) errors.RequiredValue("name");
        switch (subject.Kind)
        {
            case RbacNames.ServiceAccount:
                if (!string.IsNullOrEmpty(subject.ApiGroup)) errors.UnsupportedValue(subject.ApiGroup, "apiGroup", "");
                if (!namespaced && string.IsNullOrEmpty(subject.Namespace)) errors.RequiredValue("namespace");
                break;
            case RbacNames.User or RbacNames.GroupKind:
                if (subject.ApiGroup != RbacNames.Group) errors.UnsupportedValue(subject.ApiGroup ?? "", "apiGroup", RbacNames.Group);
                break;
            default: errors.UnsupportedValue(subject.Kind ?? "", "kind", RbacNames.ServiceAccount, RbacNames.User, RbacNames.GroupKind); break;
        }
    }
}
