using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Serving;
using KnativeService = Kip.Resources.Serving.Service;
using Parallel = Kip.Resources.Flows.Parallel;
using Service = Kip.Resources.Core.Service;

namespace Kip.Rules.Eventing.Destinations;

/// <summary>Which kinds have an address, and what an object of them says of itself.</summary>
public static class Addresses
{
    /// <summary>The kinds that events can be sent to.</summary>
    public static IReadOnlyList<KindDefinition> Kinds { get; } =
    [
        Service.Definition, KnativeService.Definition, Route.Definition, Broker.Definition, Channel.Definition, InMemoryChannel.Definition,
        Sequence.Definition, Parallel.Definition,
    ];

    /// <summary>The kind that a reference means, whatever the version; null when it is none of <see cref="Kinds"/>.</summary>
    public static KindDefinition? KindOf(KReference reference) => KindOf(reference, Kinds);

    /// <summary>The kind that a reference means, whatever the version; null when it is none of these.</summary>
    public static KindDefinition? KindOf(KReference reference, IReadOnlyList<KindDefinition> kinds)
    {
        var version = reference.ApiVersion is { Length: > 0 } stated ? stated : reference.Group ?? "";
        var slash = version.IndexOf('/');
        // Without a slash it is the core group's version, or a group that stands alone.
        var group = slash >= 0 ? version[..slash] : version == "v1" ? "" : version;
        foreach (var kind in kinds)
            if (kind.Kind == reference.Kind && kind.Group == group) return kind;
        return null;
    }

    /// <summary>The preferred address of an object; null when it has none yet, or has none at all.</summary>
    /// <param name="name">The name of the address that is meant; null for the preferred one.</param>
    public static Addressable? Of(Resource resource, string? name = null)
    {
        var (address, addresses) = Find(resource);
        if (!string.IsNullOrEmpty(name))
        {
            foreach (var one in addresses)
                if (one.Name == name) return one;
            return null;
        }
        return addresses.IsEmpty ? address : addresses[0];
    }

    /// <summary>The condition <c>Ready</c> of an object of any kind that has one.</summary>
    public static Condition? ReadyOf(Resource resource) => ConditionsOf(resource).Find("Ready");

    /// <summary>The generation that an object's status speaks of.</summary>
    public static long ObservedGenerationOf(Resource resource) => resource switch
    {
        KnativeService service => service.Status.ObservedGeneration,
        Route route => route.Status.ObservedGeneration,
        Broker broker => broker.Status.ObservedGeneration,
        Channel channel => channel.Status.ObservedGeneration,
        InMemoryChannel channel => channel.Status.ObservedGeneration,
        Sequence sequence => sequence.Status.ObservedGeneration,
        Parallel parallel => parallel.Status.ObservedGeneration,
        _ => resource.Metadata.Generation,
    };

    private static ValueList<Condition> ConditionsOf(Resource resource) => resource switch
    {
        KnativeService service => service.Status.Conditions,
        Route route => route.Status.Conditions,
        Broker broker => broker.Status.Conditions,
        Channel channel => channel.Status.Conditions,
        InMemoryChannel channel => channel.Status.Conditions,
        Sequence sequence => sequence.Status.Conditions,
        Parallel parallel => parallel.Status.Conditions,
        _ => default,
    };

    private static (Addressable? Address, ValueList<Addressable> Addresses) Find(Resource resource) => resource switch
    {
        // A plain Service has no status.address: its name in the cluster is its address.
        Service service => (new Addressable { Url = $"http://{EventingNames.HostOf(service.Metadata.Name, service.Metadata.Namespace)}" }, default),
        KnativeService service => (service.Status.Address, default),
        Route route => (route.Status.Address, default),
        Broker broker => (broker.Status.Address, broker.Status.Addresses),
        Channel channel => (channel.Status.Address, channel.Status.Addresses),
        InMemoryChannel channel => (channel.Status.Address, channel.Status.Addresses),
        Sequence sequence => (sequence.Status.Address, sequence.Status.Addresses),
        Parallel parallel => (parallel.Status.Address, parallel.Status.Addresses),
        _ => (null, default),
    };
}
