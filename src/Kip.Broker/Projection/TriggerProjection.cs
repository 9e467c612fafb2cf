using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Brokers.Topics;
using Kip.CloudEvents;
using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Delivery;
using Kip.Rules.Eventing.Filters;
using BrokerKind = Kip.Resources.Eventing.Broker;

namespace Kip.Brokers.Projection;

/// <summary>Reads Triggers as the data plane needs them.</summary>
internal static class TriggerProjection
{
    /// <summary>The Broker that a Trigger is for.</summary>
    public static TopicKey BrokerOf(Trigger trigger)
    {
        var reference = trigger.Spec.BrokerRef;
        return new(TopicKind.Broker, new(
            reference?.Namespace is { Length: > 0 } other ? other : trigger.Metadata.Namespace, trigger.Spec.Broker ?? reference?.Name ?? ""));
    }

    /// <param name="topic">Where the subscription may be in force already: then a filter that has not changed is not compiled again.</param>
    public static SubscriptionSpec Project(BrokerKind broker, Trigger trigger, Topic topic)
    {
        var present = topic.Subscribers.FirstOrDefault(s => s.Spec.Uid == trigger.Metadata.Uid)?.Spec;
        var delivery = trigger.Spec.Delivery ?? broker.Spec.Delivery;
        var source = new FilterSource(trigger.Spec.Filter, trigger.Spec.Filters);
        return new()
        {
            Uid = trigger.Metadata.Uid!,
            Name = trigger.Key,
            Subscriber = Targets.Keep(present?.Subscriber, trigger.Status.SubscriberUri, trigger.Status.SubscriberCACerts),
            Reply = Targets.Keep(
                present?.Reply,
                $"http://{EventingNames.HostOf(EventingNames.BrokerIngress, EventingNames.SystemNamespace)}/{broker.Metadata.Namespace}/{broker.Metadata.Name}",
                null),
            DeadLetterSink = trigger.Spec.Delivery?.DeadLetterSink is null && trigger.Status.DeadLetterSinkUri is null
                ? Targets.Keep(present?.DeadLetterSink, broker.Status.DeadLetterSinkUri, broker.Status.DeadLetterSinkCACerts)
                : Targets.Keep(present?.DeadLetterSink, trigger.Status.DeadLetterSinkUri, trigger.Status.DeadLetterSinkCACerts),
            Policy = Targets.PolicyOf(delivery) with { Format = Targets.PolicyOf(trigger.Spec.Delivery).Format },
            Filter = source.Equals(present?.FilterSource) ? present!.Filter : FilterOf(trigger),
            FilterSource = source,
            Ordered = DeliveryAnnotations.IsOrdered(trigger.Metadata.Annotations),
            Concurrency = DeliveryAnnotations.Concurrency(trigger.Metadata.Annotations) ?? SubscriptionSpec.DefaultConcurrency,
            RefusesForeignReplies = true,
            Created = trigger.Metadata.CreationTimestamp ?? default,
            IsDraining = trigger.Metadata.DeletionTimestamp is not null,
        };
    }

    private static Func<CloudEvent, bool>? FilterOf(Trigger trigger) =>
        EventFilter.Compile(trigger.Spec) is var filter && filter == EventFilter.All ? null : filter.Matches;

    private sealed record FilterSource(TriggerFilter? Filter, ValueList<SubscriptionsApiFilter> Filters);
}
