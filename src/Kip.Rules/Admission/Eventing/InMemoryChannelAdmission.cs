using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Configs;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of InMemoryChannels.</summary>
internal static class InMemoryChannelAdmission
{
    /// <summary>The platform's own user, who alone writes subscribers.</summary>
    private const string Controller = "system:kip";
    private const string Cluster = "cluster";

    public static InMemoryChannel Default(InMemoryChannel channel)
    {
        var delivery = DeliveryRules.Default(channel.Spec.Delivery, channel.Metadata.Namespace);
        if (delivery != channel.Spec.Delivery) channel = channel with { Spec = channel.Spec with { Delivery = delivery } };
        channel = ChannelAdmission.Subscribable(channel);
        return channel.Metadata.Annotations.ContainsKey(EventingAnnotations.Scope) ? channel : channel with
        {
            Metadata = channel.Metadata with { Annotations = channel.Metadata.Annotations.With(EventingAnnotations.Scope, Cluster) },
        };
    }

    public static void Validate(InMemoryChannel channel, InMemoryChannel? old, EventingConfig config, string user, FieldErrors errors)
    {
        using (errors.In("spec"))
        {
            ValidateSubscribers(channel, old, user, errors);
            DeliveryRules.Validate(channel.Spec.Delivery, config.Features, errors);
        }
        if (channel.Metadata.Annotations.Get(EventingAnnotations.Scope) is { } scope and not (Cluster or "namespace"))
            errors.Invalid(scope, $"metadata.annotations[{EventingAnnotations.Scope}]", "expected either 'cluster' or 'namespace'");
    }

    private static void ValidateSubscribers(InMemoryChannel channel, InMemoryChannel? old, string user, FieldErrors errors)
    {
        for (var i = 0; i < channel.Spec.Subscribers.Count; i++)
            if (channel.Spec.Subscribers[i] is { SubscriberUri: null or "", ReplyUri: null or "" })
                using (errors.In("subscribable.subscriber", i)) errors.MissingBecause("expected at least one of, got none", "replyURI", "subscriberURI");
        if (old is null || user == Controller || channel.Spec.Subscribers == old.Spec.Subscribers) return;
        errors.Say($"Channel.Spec.Subscribers changed by user {user} which was not the {Controller} service account", "subscribers");
    }
}
