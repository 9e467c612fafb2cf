using Kip.Resources;
using Kip.Resources.Messaging;

namespace Kip.Rules.Eventing.Subscriptions;

/// <summary>Which channel a Subscription is to.</summary>
public static class SubscribedChannel
{
    /// <summary>The channel's key. A Channel and the one behind it share it.</summary>
    public static NamespacedName KeyOf(Subscription subscription)
    {
        var reference = subscription.Spec.Channel;
        return new(string.IsNullOrEmpty(reference.Namespace) ? subscription.Metadata.Namespace : reference.Namespace, reference.Name ?? "");
    }

    /// <summary>Whether a Subscription refers to a channel of this kind.</summary>
    public static bool IsOf(Subscription subscription, KindDefinition kind)
    {
        var reference = subscription.Spec.Channel;
        var version = reference.ApiVersion is { Length: > 0 } stated ? stated : reference.Group ?? "";
        return reference.Kind == kind.Kind && (version == kind.ApiVersion || version == kind.Group);
    }

    /// <summary>Whether a Subscription is to this channel, directly or through the Channel that owns it.</summary>
    public static bool Leads(Subscription subscription, InMemoryChannel channel) => KeyOf(subscription) == channel.Key
        && (IsOf(subscription, InMemoryChannel.Definition)
            || (IsOf(subscription, Channel.Definition) && channel.Metadata.Controller()?.Kind == Channel.Definition.Kind));
}
