using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Quotas;

/// <summary>Which pods a ResourceQuota is about.</summary>
public static class QuotaScopes
{
    public static readonly string[] All = ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass"];

    public static bool IsKnown(string scope) => All.Contains(scope);

    /// <summary>Whether all scopes of the quota hold for the pod. One without scopes is about every pod.</summary>
    public static bool Choose(ResourceQuotaSpec quota, Pod pod)
    {
        foreach (var scope in quota.Scopes)
            if (!Holds(scope, "Exists", default, pod)) return false;
        foreach (var expression in quota.ScopeSelector?.MatchExpressions ?? default)
            if (!Holds(expression.ScopeName, expression.Operator, expression.Values, pod)) return false;
        return true;
    }

    /// <summary>Whether a quota has scopes: then it is about pods only.</summary>
    public static bool Has(ResourceQuotaSpec quota) => !quota.Scopes.IsEmpty || quota.ScopeSelector is { MatchExpressions.IsEmpty: false };

    private static bool Holds(string scope, string @operator, ValueList<string> values, Pod pod) => scope switch
    {
        "Terminating" => pod.Spec.ActiveDeadlineSeconds >= 0,
        "NotTerminating" => !(pod.Spec.ActiveDeadlineSeconds >= 0),
        "BestEffort" => IsBestEffort(pod.Spec),
        "NotBestEffort" => !IsBestEffort(pod.Spec),
        "PriorityClass" => @operator switch
        {
            "In" => values.Contains(pod.Spec.PriorityClassName ?? ""),
            "NotIn" => !values.Contains(pod.Spec.PriorityClassName ?? ""),
            "DoesNotExist" => string.IsNullOrEmpty(pod.Spec.PriorityClassName),
            _ => !string.IsNullOrEmpty(pod.Spec.PriorityClassName),
        },
        _ => false,
    };

    // It asks for no cpu and no memory anywhere.
    private static bool IsBestEffort(PodSpec spec) => spec.Containers.Concat(spec.InitContainers).All(static c =>
        c.Resources is not { } asked || !(Names(asked.Requests) || Names(asked.Limits)));

    private static bool Names(StringMap amounts) => amounts.ContainsKey("cpu") || amounts.ContainsKey("memory");
}
