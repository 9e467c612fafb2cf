using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Rules.Conditions;

namespace Kip.Rules.Eventing.Flows;

/// <summary>The conditions of Sequences and Parallels.</summary>
internal static class FlowConditions
{
    private const string ChannelsReady = "ChannelsReady";
    private const string SubscriptionsReady = "SubscriptionsReady";
    private const string Addressable = "Addressable";

    private static readonly ConditionSet Set = ConditionSet.Living(ChannelsReady, SubscriptionsReady, Addressable, EventPolicies.Ready);

    /// <summary>Says of each part whether it is ready.</summary>
    /// <param name="stored">As the status has them.</param>
    /// <param name="notYet">What a part is that is not ready: Knative says Unknown of a Sequence's and False of a Parallel's.</param>
    public static LivingConditions Mark(ValueList<Condition> stored, FlowReadiness seen, string notYet, DateTimeOffset now)
    {
        var conditions = EventPolicies.Mark(Set.Take(stored, now));
        conditions = Mark(
            conditions, ChannelsReady, seen.Problem is null && seen.Channels, notYet,
            "ChannelsNotReady", seen.Problem ?? "Channels are not ready yet, or there are none");
        conditions = Mark(
            conditions, SubscriptionsReady, seen.Subscriptions, notYet, "SubscriptionsNotReady", "Subscriptions are not ready yet, or there are none");
        return Mark(conditions, Addressable, seen.Address is { Url.Length: > 0 }, notYet, "emptyAddress", "addressable is nil");
    }

    public static bool IsTrue(Condition? condition) => condition?.Status == ConditionStatus.True;

    private static LivingConditions Mark(LivingConditions conditions, string type, bool isReady, string notYet, string reason, string message) =>
        isReady ? conditions.MarkTrue(type)
        : notYet == ConditionStatus.False ? conditions.MarkFalse(type, reason, message)
        : conditions.MarkUnknown(type, reason, message);
}

/// <summary>What a flow's parts have come to.</summary>
/// <param name="Problem">Why a child cannot be made; null when all can.</param>
/// <param name="Channels">Whether all channels are ready.</param>
/// <param name="Subscriptions">Whether all Subscriptions are ready.</param>
/// <param name="Address">Where the flow takes events in; null while nowhere.</param>
internal sealed record FlowReadiness(string? Problem, bool Channels, bool Subscriptions, Addressable? Address);
