using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Rules.Eventing.Configs;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of Channels.</summary>
internal static class ChannelAdmission
{
    public static Channel Default(Channel channel, EventingConfig config)
    {
        var spec = channel.Spec with
        {
            ChannelTemplate = channel.Spec.ChannelTemplate ?? config.Channels.For(channel.Metadata.Namespace),
            Delivery = DeliveryRules.Default(channel.Spec.Delivery, channel.Metadata.Namespace),
        };
        if (spec != channel.Spec) channel = channel with { Spec = spec };
        return Subscribable(channel);
    }

    /// <summary>The channel marked as one that can be subscribed to.</summary>
    public static T Subscribable<T>(T channel) where T : Resource =>
        channel.Metadata.Annotations.ContainsKey(EventingAnnotations.Subscribable)
            ? channel
            : channel with { Metadata = channel.Metadata with { Annotations = channel.Metadata.Annotations.With(EventingAnnotations.Subscribable, "v1") } };

    public static void Validate(Channel channel, Channel? old, EventingConfig config, FieldErrors errors)
    {
        using (errors.In("spec"))
        {
            ChannelTemplateRules.Validate(channel.Spec.ChannelTemplate, errors);
            if (!channel.Spec.Subscribers.IsEmpty) errors.Disallowed("subscribers");
            DeliveryRules.Validate(channel.Spec.Delivery, config.Features, errors);
        }
        if (old is not null) ImmutableFields.Check(old.Spec, channel.Spec, errors, "spec");
    }
}
