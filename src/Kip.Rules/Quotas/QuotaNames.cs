namespace Kip.Rules.Quotas;

/// <summary>What a ResourceQuota may limit.</summary>
public static class QuotaNames
{
    public const string Explanation = "must be a standard resource for quotas, such as pods, requests.cpu or count/deployments.apps";
    private const string CountPrefix = "count/";

    private static readonly HashSet<string> Standard =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
        "limits.ephemeral-storage", "requests.storage", "pods", "services", "services.nodeports", "services.loadbalancers", "configmaps", "secrets",
        "resourcequotas", "replicationcontrollers", "persistentvolumeclaims",
    ];

    // What is counted by the plural alone.
    private static readonly HashSet<string> Plain = ["services", "configmaps", "secrets", "resourcequotas"];

    /// <summary>Whether a quota may name it: Kubernetes' own, <c>count/…</c>, or a resource with a domain.</summary>
    public static bool IsKnown(string name) => Standard.Contains(name) || name.Contains('/');

    /// <summary>Whether it counts objects of the kind with this qualified plural, whatever they say.</summary>
    public static bool CountsObjects(string name, string qualifiedPlural) =>
        Plain.Contains(name) ? name == qualifiedPlural
        : name.StartsWith(CountPrefix, StringComparison.Ordinal) && name.AsSpan(CountPrefix.Length).SequenceEqual(qualifiedPlural);

    /// <summary>Whether it is measured on pods: their number, or what they request.</summary>
    public static bool ConcernsPods(string name) =>
        name is "pods" or "cpu" or "memory" or "ephemeral-storage"
        || name.StartsWith("limits.", StringComparison.Ordinal)
        || (name.StartsWith("requests.", StringComparison.Ordinal) && name != "requests.storage");

    /// <summary>Whether every pod must state it when it is limited.</summary>
    public static bool MustBeStated(string name) => name is "cpu" or "memory" or "requests.cpu" or "requests.memory" or "limits.cpu" or "limits.memory";
}
