using System.Net;
using Kip.Resources;
using Kip.Resources.Networking;

namespace Kip.Traffic.Projection;

/// <summary>What an Ingress's status says once the gateway has taken note of it.</summary>
public static class IngressStatusRule
{
    private static readonly string[] Types = ["LoadBalancerReady", "NetworkConfigured", "Ready"];

    /// <summary>The status of an ingress whose routes are live, or wait for a revision.</summary>
    /// <param name="missing">Revisions it names that the gateway does not know; empty when all are there.</param>
    /// <param name="gateway">Where the gateway listens.</param>
    public static IngressStatus Of(Ingress ingress, IReadOnlyCollection<NamespacedName> missing, IPEndPoint gateway, DateTimeOffset now)
    {
        var message = missing.Count == 0 ? null : $"Waiting for revision {string.Join(", ", missing.Order(Comparer))}";
        var balancer = new LoadBalancerStatus { Ingress = [new() { Ip = gateway.Address.ToString(), DomainInternal = gateway.ToString() }] };
        return ingress.Status with
        {
            ObservedGeneration = ingress.Metadata.Generation,
            Conditions = Types.Select(type => Condition(ingress.Status.Conditions, type, message, now)).ToValueList(),
            PublicLoadBalancer = balancer,
            PrivateLoadBalancer = balancer,
        };
    }

    private static readonly Comparer<NamespacedName> Comparer = Comparer<NamespacedName>.Create(static (a, b) =>
        string.CompareOrdinal(a.ToString(), b.ToString()));

    private static Condition Condition(ValueList<Condition> before, string type, string? waiting, DateTimeOffset now)
    {
        var state = waiting is null || type == "LoadBalancerReady" ? ConditionStatus.True : ConditionStatus.Unknown;
        var old = before.FirstOrDefault(c => c.Type == type);
        return new()
        {
            Type = type,
            Status = state,
            Reason = state == ConditionStatus.True ? null : "Uninitialized",
            Message = state == ConditionStatus.True ? null : waiting,
            LastTransitionTime = old?.Status == state ? old.LastTransitionTime : Truncate(now),
        };
    }

    // Times have whole seconds on the wire; a finer one would never compare equal to what comes back.
    private static DateTimeOffset Truncate(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
