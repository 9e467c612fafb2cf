using Kip.Brokers.Sending;
using Kip.Brokers.Subscriptions;
using Kip.Resources.Duck;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Delivery;
using SubscriptionSpec = Kip.Brokers.Subscriptions.SubscriptionSpec;

namespace Kip.Brokers.Projection;

/// <summary>Reads a channel's subscribers as the data plane needs them.</summary>
internal static class ChannelProjection
{
    /// <param name="subscription">What stands behind the subscriber; null when it is not seen, or there is none.</param>
    public static SubscriptionSpec Project(InMemoryChannel channel, SubscriberSpec subscriber, Subscription? subscription)
    {
        var delivery = subscriber.Delivery ?? channel.Spec.Delivery;
        var deadLetterSink = subscriber.Delivery?.DeadLetterSink?.Uri ?? channel.Status.DeadLetterSinkUri;
        // Without a subscriber the event itself is the reply.
        var isDirect = subscriber.SubscriberUri is null;
        return new()
        {
            Uid = subscriber.Uid!,
            Name = subscription?.Key ?? new(channel.Metadata.Namespace, subscriber.Name ?? subscriber.Uid!),
            Sender = channel.Metadata.Namespace,
            Subscriber = Targets.Make(subscriber.SubscriberUri ?? subscriber.ReplyUri, isDirect ? subscriber.ReplyCACerts : subscriber.SubscriberCACerts),
            Reply = isDirect ? null : Targets.Make(subscriber.ReplyUri, subscriber.ReplyCACerts),
            DeadLetterSink = Targets.Make(deadLetterSink, subscriber.Delivery?.DeadLetterSink?.CACerts ?? channel.Status.DeadLetterSinkCACerts),
            Policy = Targets.PolicyOf(delivery) with { Format = null },
            Ordered = subscription is not null && DeliveryAnnotations.IsOrdered(subscription.Metadata.Annotations),
            Concurrency = (subscription is null ? null : DeliveryAnnotations.Concurrency(subscription.Metadata.Annotations))
                ?? SubscriptionSpec.DefaultConcurrency,
            Created = subscription?.Metadata.CreationTimestamp ?? channel.Metadata.CreationTimestamp ?? default,
            IsDraining = subscription?.Metadata.DeletionTimestamp is not null,
        };
    }
}
