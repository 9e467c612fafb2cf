using Kip.Resources.Core;
using Kip.Rules.Quotas;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Rules of ResourceQuotas: what is limited can be counted here.</summary>
internal static class ResourceQuotaAdmission
{
    public static void Validate(ResourceQuota quota, ResourceQuota? old, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        foreach (var (name, value) in quota.Spec.Hard)
        {
            if (!Quantity.IsValid(value)) errors.InvalidValue(value, $"hard[{name}]", "quantities must be like 500m or 128Mi");
            if (!QuotaNames.IsKnown(name)) errors.InvalidValue(name, $"hard[{name}]", QuotaNames.Explanation);
        }
        foreach (var scope in quota.Spec.Scopes)
            if (!QuotaScopes.IsKnown(scope)) errors.UnsupportedValue(scope, "scopes", QuotaScopes.All);
        foreach (var expression in quota.Spec.ScopeSelector?.MatchExpressions ?? default)
        {
            if (!QuotaScopes.IsKnown(expression.ScopeName))
                errors.UnsupportedValue(expression.ScopeName, "scopeSelector.matchExpressions.scopeName", QuotaScopes.All);
            if (expression.Operator is not ("Exists" or "DoesNotExist" or "In" or "NotIn"))
                errors.UnsupportedValue(expression.Operator, "scopeSelector.matchExpressions.operator", "DoesNotExist", "Exists", "In", "NotIn");
        }
        if (old is not null && old.Spec.Scopes != quota.Spec.Scopes) errors.InvalidValue(string.Join(' ', quota.Spec.Scopes), "scopes", "field is immutable");
    }
}
