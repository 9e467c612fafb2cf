using System.Net;
using Kip.Brokers;
using Kip.Client;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Traffic;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform;

/// <summary>The data plane of events, and the Services by which it is found inside.</summary>
internal static class EventingParts
{
    private const string PortName = "http";
    private const int ServicePort = 80;

    /// <summary>Starts the broker. Its deliveries to names of the platform go through the gateway, which wakes what sleeps.</summary>
    public static async Task<EventBroker> StartAsync(
        PlatformOptions platform, Gateway gateway, InformerSet informers, IResources resources, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancel)
    {
        var domain = "." + (platform.Domain ?? PlatformOptions.DefaultDomain);
        var options = new BrokerOptions
        {
            EndPoint = platform.Events,
            DataDirectory = platform.Data.Path("events"),
            Door = host => IsPlatforms(host, domain) ? gateway.EndPoint : null,
        };
        var broker = await EventBroker.StartAsync(options, informers, resources, time, loggers, cancel: cancel);
        foreach (var name in (string[])[EventingNames.BrokerIngress, EventingNames.BrokerFilter, EventingNames.ChannelDispatcher])
            await EnsureAsync(resources, name, broker.EndPoint, cancel);
        return broker;
    }

    private static bool IsPlatforms(string host, string domain) =>
        host.EndsWith($".svc.{EventingNames.ClusterDomain}", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(domain, StringComparison.OrdinalIgnoreCase);

    private static async Task EnsureAsync(IResources resources, string name, IPEndPoint endPoint, CancellationToken cancel)
    {
        var service = new Service
        {
            Metadata = new() { Namespace = EventingNames.SystemNamespace, Name = name, Labels = StringMap.Of(("app.kubernetes.io/name", "knative-eventing")) },
            Spec = new() { Ports = [new() { Name = PortName, Port = ServicePort, Protocol = "TCP" }] },
        };
        if (await resources.GetAsync<Service>(service.Key, cancel) is null) await resources.CreateAsync(service, cancel);
        var endpoints = new Endpoints
        {
            Metadata = new() { Namespace = EventingNames.SystemNamespace, Name = name },
            Subsets = [new()
            {
                Addresses = [new() { Ip = endPoint.Address.ToString() }], Ports = [new() { Name = PortName, Port = endPoint.Port, Protocol = "TCP" }],
            }],
        };
        // The port is another one in each life, unless it was asked for.
        if (await resources.GetAsync<Endpoints>(endpoints.Key, cancel) is not { } present) await resources.CreateAsync(endpoints, cancel);
        else if (present.Subsets != endpoints.Subsets) await resources.UpdateAsync(present with { Subsets = endpoints.Subsets }, cancel);
    }
}
