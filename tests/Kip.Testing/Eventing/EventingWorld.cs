using Kip.Client.Eventing;
using Kip.Controllers.Eventing;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Testing.Serving;

namespace Kip.Testing.Eventing;

/// <summary>Eventing's reconcilers over objects in memory, with the Services by which events come in already there.</summary>
public static class EventingWorld
{
    /// <param name="dataPlane">Null: everything counts as served.</param>
    public static ServingWorld Make(int seed = 1, IEventDataPlane? dataPlane = null)
    {
        var world = new ServingWorld(seed, EventingControllers.Create(dataPlane));
        foreach (var name in (string[])[EventingNames.BrokerIngress, EventingNames.BrokerFilter, EventingNames.ChannelDispatcher]) world.Listen(name);
        world.Apply(new ConfigMap
        {
            Metadata = new() { Namespace = EventingNames.SystemNamespace, Name = "config-br-default-channel" },
            Data = StringMap.Of(("channel-template-spec", "apiVersion: messaging.knative.dev/v1\nkind: InMemoryChannel\n")),
        });
        return world;
    }

    /// <summary>A plain Service with one endpoint.</summary>
    public static void Listen(this ServingWorld world, string service, string @namespace = EventingNames.SystemNamespace)
    {
        var metadata = new ObjectMeta { Name = service, Namespace = @namespace };
        world.Apply(new Service { Metadata = metadata, Spec = new() { Ports = [new() { Port = 80 }] } });
        world.Apply(new Endpoints
        {
            Metadata = metadata, Subsets = [new() { Addresses = [new() { Ip = "127.0.0.1" }], Ports = [new() { Port = 4711 }] }],
        });
    }

    /// <summary>Applies the objects of YAML documents and lets everything come to rest.</summary>
    public static void ApplyYaml(this ServingWorld world, string yaml)
    {
        foreach (var resource in Yaml.Read(yaml)) world.Apply(resource);
        world.Settle();
    }
}

/// <summary>A data plane whose answers a test sets.</summary>
public sealed class PlayedDataPlane : IEventDataPlane
{
    /// <summary>The uids of the Brokers and channels that take events in.</summary>
    public HashSet<string> Served { get; } = [];

    /// <summary>Where the events of Triggers and Subscriptions go, by uid.</summary>
    public Dictionary<string, string> Subscribers { get; } = [];

    /// <summary>The uids for which there is something left to deliver.</summary>
    public HashSet<string> Busy { get; } = [];

    public event Action<KindDefinition, NamespacedName>? Changed;

    public bool TakesEventsFor(string uid) => Served.Contains(uid);

    public string? SubscriberOf(string uid) => Subscribers.GetValueOrDefault(uid);

    public bool IsDrained(string uid) => !Busy.Contains(uid);

    /// <summary>Tells that the answers about an object have changed.</summary>
    public void Tell(Resource resource) => Changed?.Invoke(resource.GetDefinition(), resource.Key);
}
