using System.Text;
using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Messaging;

namespace Kip.Rules.Eventing.Channels;

/// <summary>Makes a channel of the kind and with the spec that a template asks for.</summary>
internal static class ChannelFromTemplate
{
    /// <summary>The channel; null, with an error, when there is no such kind of channel here or the spec is not one.</summary>
    public static InMemoryChannel? Make(ChannelTemplateSpec? template, string name, Resource owner, DeliverySpec? delivery, out string error)
    {
        error = "";
        var kind = InMemoryChannel.Definition;
        if (template?.ApiVersion != kind.ApiVersion || template.Kind != kind.Kind)
        {
            error = $"there are no channels of kind {template?.Kind} ({template?.ApiVersion}) here: use {kind.Kind} ({kind.ApiVersion})";
            return null;
        }
        try
        {
            var made = template.Spec is { Text: { Length: > 0 } spec and not "null" }
                ? (InMemoryChannel)kind.Read(Encoding.UTF8.GetBytes($$"""{"spec":{{spec}}}"""))
                : new InMemoryChannel();
            return made with
            {
                Metadata = new() { Name = name, Namespace = owner.Metadata.Namespace, OwnerReferences = [owner.ControllerReference()] },
                Spec = made.Spec with { Subscribers = default, Delivery = delivery ?? made.Spec.Delivery },
            };
        }
        catch (JsonException wrong)
        {
            error = $"the spec of the channel template is not that of an {kind.Kind}: {wrong.Message}";
            return null;
        }
    }
}
