using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;

namespace Kip.Host.Platform;

/// <summary>Makes the ConfigMaps that every platform has, and keeps in them what only the host knows.</summary>
internal static class PlatformBootstrap
{
    // The key under which the rules of routes look for the port of public URLs.
    private const string ExternalPort = "kip.external-port";

    private static readonly string[] Maps =
    [
        "config-autoscaler", "config-defaults", "config-deployment", "config-domain", "config-features", "config-gc", "config-network",
    ];

    /// <summary>Creates what is missing. What a user has changed stays, but for the gateway's port and a domain that was asked for.</summary>
    public static async Task RunAsync(IResources resources, PlatformOptions options, int gatewayPort, CancellationToken cancel)
    {
        foreach (var name in Maps)
        {
            var present = await resources.GetAsync<ConfigMap>(new(PlatformConfig.SystemNamespace, name), cancel);
            var wanted = With(present ?? Empty(name), options, gatewayPort, isNew: present is null);
            if (present is null) await resources.CreateAsync(wanted, cancel);
            else if (wanted != present) await resources.UpdateAsync(wanted, cancel);
        }
    }

    private static ConfigMap Empty(string name) => new()
    {
        Metadata = new()
        {
            Namespace = PlatformConfig.SystemNamespace, Name = name, Labels = StringMap.Of(("app.kubernetes.io/name", "knative-serving")),
        },
    };

    private static ConfigMap With(ConfigMap map, PlatformOptions options, int gatewayPort, bool isNew) => map.Metadata.Name switch
    {
        "config-network" => map with { Data = map.Data.With(ExternalPort, $"{gatewayPort}") },
        "config-domain" when options.Domain is { } domain => map with { Data = StringMap.Of((domain, "")) },
        "config-domain" when isNew => map with { Data = StringMap.Of((PlatformOptions.DefaultDomain, "")) },
        _ => map,
    };
}
