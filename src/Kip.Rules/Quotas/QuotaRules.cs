using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Quotas;

/// <summary>Counts what ResourceQuotas limit, and says whether there is room for one more (Kubernetes' quota evaluators).</summary>
public static class QuotaRules
{
    /// <summary>What is used now of each thing that the quota limits.</summary>
    /// <param name="objects">The namespace's objects of a kind, by its qualified plural (<c>deployments.apps</c>).</param>
    public static StringMap Used(ResourceQuotaSpec quota, Func<string, IEnumerable<Resource>> objects) => StringMap.From(quota.Hard.AsSpan().ToArray()
        .Select(entry => KeyValuePair.Create(entry.Key, Total(quota, entry.Key, objects).ToString())));

    /// <summary>Why an object may not be stored. Null: the quota has room for it, or is not about it.</summary>
    /// <param name="wanted">As it would be stored.</param>
    /// <param name="old">As it is; null when it is new.</param>
    /// <param name="objects">The namespace's objects of a kind, by its qualified plural, without the new one.</param>
    public static string? Refusal(ResourceQuota quota, Resource wanted, Resource? old, Func<string, IEnumerable<Resource>> objects)
    {
        if (Unstated(quota, wanted) is { } unstated) return unstated;
        var (requested, used, limited) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (name, hard) in quota.Spec.Hard)
        {
            var more = Of(quota.Spec, name, wanted) - (old is null ? default : Of(quota.Spec, name, old));
            if (!(more > default(Amount))) continue;
            var now = Total(quota.Spec, name, objects);
            if (!(now + more > Amount.Parse(hard))) continue;
            requested.Add($"{name}={more}");
            used.Add($"{name}={now}");
            limited.Add($"{name}={hard}");
        }
        return requested.Count == 0 ? null
            : $"exceeded quota: {quota.Metadata.Name}, requested: {string.Join(',', requested)}, used: {string.Join(',', used)}, limited: "
            + $"{string.Join(',', limited)}";
    }

    /// <summary>What one object takes of a thing that a quota limits.</summary>
    public static Amount Of(ResourceQuotaSpec quota, string name, Resource resource)
    {
        var plural = resource.GetDefinition().QualifiedPlural;
        if (resource is Pod pod && !name.StartsWith("count/", StringComparison.Ordinal)) return OfPod(quota, name, pod);
        if (QuotaScopes.Has(quota) && !(resource is Pod chosen && QuotaScopes.Choose(quota, chosen))) return default;
        if (QuotaNames.CountsObjects(name, plural)) return Amount.Of(1);
        return (name, resource) switch
        {
            ("services.loadbalancers", Service { Spec.Type: "LoadBalancer" }) => Amount.Of(1),
            ("services.nodeports", Service { Spec.Type: "NodePort" or "LoadBalancer" } service) => Amount.Of(service.Spec.Ports.Count),
            _ => default,
        };
    }

    private static Amount OfPod(ResourceQuotaSpec quota, string name, Pod pod)
    {
        // What has ended takes nothing any more.
        if (!QuotaNames.ConcernsPods(name) || pod.Status.Phase is "Succeeded" or "Failed" || !QuotaScopes.Choose(quota, pod)) return default;
        if (name == "pods") return Amount.Of(1);
        var limits = name.StartsWith("limits.", StringComparison.Ordinal);
        return PodAmounts.Of(pod.Spec, name[(name.IndexOf('.') + 1)..], limits);
    }

    private static Amount Total(ResourceQuotaSpec quota, string name, Func<string, IEnumerable<Resource>> objects)
    {
        var total = default(Amount);
        foreach (var resource in objects(PluralFor(name))) total += Of(quota, name, resource);
        return total;
    }

    private static string PluralFor(string name) =>
        name.StartsWith("count/", StringComparison.Ordinal) ? name["count/".Length..]
        : QuotaNames.ConcernsPods(name) ? "pods"
        : name.StartsWith("services.", StringComparison.Ordinal) ? "services"
        : name;

    // A sum says something only when every pod states its part.
    private static string? Unstated(ResourceQuota quota, Resource wanted)
    {
        if (wanted is not Pod pod || !QuotaScopes.Choose(quota.Spec, pod)) return null;
        var missing = new List<string>();
        foreach (var (name, _) in quota.Spec.Hard)
        {
            if (!QuotaNames.MustBeStated(name)) continue;
            var silent = pod.Spec.InitContainers.Concat(pod.Spec.Containers)
                .Where(c => PodAmounts.Of(c, name[(name.IndexOf('.') + 1)..], name.StartsWith("limits.", StringComparison.Ordinal)) is null)
                .Select(static c => c.Name).ToArray();
            if (silent.Length > 0) missing.Add($"{name} for: {string.Join(',', silent)}");
        }
        return missing.Count == 0 ? null : $"failed quota: {quota.Metadata.Name}: must specify {string.Join("; ", missing)}";
    }
}
