using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Messaging;
using Kip.Rules.Names;

namespace Kip.Rules.Eventing.Channels;

/// <summary>The Service that gives a channel its name on the network.</summary>
public static class ChannelService
{
    /// <summary>The Service's key.</summary>
    public static NamespacedName KeyOf(NamespacedName channel) => new(channel.Namespace, ChildName.Of(channel.Name, "-kn-channel"));

    /// <summary>The Service as it should be; the stored one when it is.</summary>
    public static Service Make(InMemoryChannel channel, Service? existing)
    {
        var key = KeyOf(channel.Key);
        var target = EventingNames.HostOf(EventingNames.ChannelDispatcher, EventingNames.SystemNamespace);
        if (existing?.Spec is { Type: "ExternalName" } spec && spec.ExternalName == target) return existing;
        return (existing ?? new Service()) with
        {
            Metadata = existing?.Metadata ?? new()
            {
                Name = key.Name,
                Namespace = key.Namespace,
                Labels = StringMap.Of((EventingLabels.MessagingRole, "in-memory-channel")),
                OwnerReferences = [channel.ControllerReference()],
            },
            Spec = new()
            {
                Type = "ExternalName",
                ExternalName = target,
                Ports = [new() { Name = "http", Protocol = "TCP", Port = 80 }],
            },
        };
    }
}
