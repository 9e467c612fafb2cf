using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Messaging;
using Kip.Rules.Conditions;

namespace Kip.Rules.Eventing.Channels;

/// <summary>The subscribers of a channel, made from its Subscriptions.</summary>
internal static class ChannelSubscribers
{
    /// <summary>One entry for each Subscription whose references are resolved, oldest first; the stored list itself when nothing changed.</summary>
    public static ValueList<SubscriberSpec> Make(InMemoryChannelView seen)
    {
        var stored = seen.Channel.Spec.Subscribers;
        var wanted = seen.Subscriptions
            .OrderBy(static s => s.Metadata.CreationTimestamp).ThenBy(static s => s.Metadata.Uid, StringComparer.Ordinal)
            .Select(s => Entry(seen, s, stored)).OfType<SubscriberSpec>().ToValueList();
        return wanted == stored ? stored : wanted;
    }

    /// <summary>What the status says of each subscriber.</summary>
    public static ValueList<SubscriberStatus> Statuses(InMemoryChannelView seen, ValueList<SubscriberSpec> subscribers)
    {
        var wanted = subscribers.Select(s => new SubscriberStatus
        {
            Uid = s.Uid,
            ObservedGeneration = s.Generation,
            // Without a subscriber the reply is where events go.
            Ready = seen.IsServedElsewhere || seen.ServedUris.Get(s.Uid ?? "") == (s.SubscriberUri ?? s.ReplyUri)
                ? ConditionStatus.True
                : ConditionStatus.Unknown,
        }).ToValueList();
        return wanted == seen.Channel.Status.Subscribers ? seen.Channel.Status.Subscribers : wanted;
    }

    // A Subscription that cannot be resolved at the moment keeps the entry it had: events go on where they went.
    private static SubscriberSpec? Entry(InMemoryChannelView seen, Subscription subscription, ValueList<SubscriberSpec> stored)
    {
        var isCurrent = subscription.Status.ObservedGeneration == subscription.Metadata.Generation
            && subscription.Status.Conditions.IsTrue(Subscriptions.SubscriptionPlanner.ReferencesResolved);
        if (!isCurrent || subscription.Status.PhysicalSubscription is not { } physical)
            return stored.FirstOrDefault(s => s.Uid == subscription.Metadata.Uid);
        return new()
        {
            Name = subscription.Metadata.Name,
            Uid = subscription.Metadata.Uid,
            Generation = subscription.Metadata.Generation,
            SubscriberUri = physical.SubscriberUri,
            SubscriberCACerts = physical.SubscriberCACerts,
            SubscriberAudience = physical.SubscriberAudience,
            ReplyUri = physical.ReplyUri,
            ReplyCACerts = physical.ReplyCACerts,
            ReplyAudience = physical.ReplyAudience,
            Delivery = DeliveryOf(subscription, physical, seen.Channel.Spec.Delivery),
        };
    }

    // A delivery of its own replaces the channel's as a whole; the dead letter sink alone is inherited, which the resolved URI reflects.
    private static DeliverySpec? DeliveryOf(Subscription subscription, PhysicalSubscription physical, DeliverySpec? channel)
    {
        var said = subscription.Spec.Delivery ?? channel;
        var sink = string.IsNullOrEmpty(physical.DeadLetterSinkUri) ? null : new Destination
        {
            Uri = physical.DeadLetterSinkUri, CACerts = physical.DeadLetterSinkCACerts, Audience = physical.DeadLetterSinkAudience,
        };
        return said is null && sink is null ? null : (said ?? new()) with { DeadLetterSink = sink, Format = null };
    }
}
