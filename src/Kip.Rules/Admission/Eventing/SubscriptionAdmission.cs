using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Configs;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of Subscriptions.</summary>
internal static class SubscriptionAdmission
{
    public static Subscription Default(Subscription subscription)
    {
        var space = subscription.Metadata.Namespace;
        var spec = subscription.Spec with
        {
            Subscriber = DestinationRules.Default(subscription.Spec.Subscriber, space),
            Reply = DestinationRules.Default(subscription.Spec.Reply, space),
            Delivery = DeliveryRules.Default(subscription.Spec.Delivery, space),
        };
        return spec == subscription.Spec ? subscription : subscription with { Spec = spec };
    }

    public static void Validate(Subscription subscription, Subscription? old, EventingConfig config, FieldErrors errors)
    {
        var allowGroup = config.Features.IsEnabled(EventingFeatures.KReferenceGroup);
        using (errors.In("spec"))
        {
            ValidateChannel(subscription, config.Features, allowGroup, errors);
            if (DestinationRules.IsEmpty(subscription.Spec.Subscriber))
                errors.MissingBecause("the Subscription must reference a subscriber", "subscriber");
            else
                using (errors.In("subscriber")) DestinationRules.Validate(subscription.Spec.Subscriber!, errors, allowGroup);
            if (!DestinationRules.IsEmpty(subscription.Spec.Reply))
                using (errors.In("reply")) DestinationRules.Validate(subscription.Spec.Reply!, errors);
            DeliveryRules.Validate(subscription.Spec.Delivery, config.Features, errors);
        }
        if (old is not null) ImmutableFields.Check(OnlyChannel(old), OnlyChannel(subscription), errors, "spec");
    }

    private static SubscriptionSpec OnlyChannel(Subscription subscription) => new() { Channel = subscription.Spec.Channel };

    private static void ValidateChannel(Subscription subscription, EventingFeatures features, bool allowGroup, FieldErrors errors)
    {
        var channel = subscription.Spec.Channel;
        if (channel is { Name: null or "", Kind: null or "", ApiVersion: null or "" })
        {
            errors.MissingBecause("the Subscription must reference a channel", "channel");
            return;
        }
        using var _ = errors.In("channel");
        KReferenceRules.Validate(channel, "", errors, allowGroup);
        if (!string.IsNullOrEmpty(channel.Namespace) && !features.IsEnabled(EventingFeatures.CrossNamespaceEventLinks))
            errors.Disallowed("namespace");
        if (!string.IsNullOrEmpty(channel.Address)) errors.Disallowed("address");
    }
}
