using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Configs;

namespace Kip.Host.Platform;

/// <summary>Makes the ConfigMaps that Eventing begins with. What a user has changed stays.</summary>
internal static class EventingBootstrap
{
    private static readonly (string Name, StringMap Data)[] Maps =
    [
        (BrokerDefaultsConfig.MapName, StringMap.Of((BrokerDefaultsConfig.Key, BrokerDefaultsConfig.Shipped))),
        (ChannelTemplateConfig.MapName, StringMap.Of((ChannelTemplateConfig.Key, ChannelTemplateConfig.Shipped))),
        (ChannelDefaultsConfig.MapName, StringMap.Of((ChannelDefaultsConfig.Key, ChannelDefaultsConfig.Shipped))),
        (EventingFeatures.MapName, default),
        (SugarConfig.MapName, default),
    ];

    public static async Task RunAsync(IResources resources, CancellationToken cancel)
    {
        foreach (var (name, data) in Maps)
            if (await resources.GetAsync<ConfigMap>(new(EventingNames.SystemNamespace, name), cancel) is null)
                await resources.CreateAsync(Make(name, data), cancel);
    }

    private static ConfigMap Make(string name, StringMap data) => new()
    {
        Metadata = new()
        {
            Namespace = EventingNames.SystemNamespace, Name = name, Labels = StringMap.Of(("app.kubernetes.io/name", "knative-eventing")),
        },
        Data = data,
    };
}
