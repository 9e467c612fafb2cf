using System.Text;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Rules.Serving.Configs;

namespace Kip.Host.Platform;

/// <summary>Makes the ConfigMaps that every platform has, and keeps in them what only the host knows.</summary>
internal static class PlatformBootstrap
{
    private const string Autocreate = "autocreate-cluster-domain-claims";

    /// <summary>The ConfigMaps of Serving; the explanation of each is the text file of its name in this folder's <c>Configs</c>.</summary>
    public static IReadOnlyList<string> Maps { get; } =
    [
        "config-autoscaler", "config-certmanager", "config-defaults", "config-deployment", "config-domain", "config-features", "config-gc",
        "config-leader-election", "config-logging", "config-network", "config-observability", "config-tracing",
    ];

    /// <summary>Creates what is missing. What a user has changed stays, but for the gateway's port and a domain that was asked for.</summary>
    public static async Task RunAsync(IResources resources, PlatformOptions options, int gatewayPort, int? httpsPort, CancellationToken cancel)
    {
        foreach (var name in Maps)
        {
            var present = await resources.GetAsync<ConfigMap>(new(PlatformConfig.SystemNamespace, name), cancel);
            var wanted = Explained(With(present ?? Empty(name), options, gatewayPort, httpsPort, isNew: present is null));
            if (present is null) await resources.CreateAsync(wanted, cancel);
            else if (wanted != present) await resources.UpdateAsync(wanted, cancel);
        }
    }

    /// <summary>The explanation of a ConfigMap's keys, with their defaults: what its key <c>_example</c> holds.</summary>
    public static string Example(string name)
    {
        using var stream = typeof(PlatformBootstrap).Assembly.GetManifestResourceStream($"{name}.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static ConfigMap Empty(string name) => new()
    {
        Metadata = new()
        {
            Namespace = PlatformConfig.SystemNamespace, Name = name, Labels = StringMap.Of(("app.kubernetes.io/name", "knative-serving")),
        },
    };

    private static ConfigMap With(ConfigMap map, PlatformOptions options, int gatewayPort, int? httpsPort, bool isNew)
    {
        var data = map.Data;
        switch (map.Metadata.Name)
        {
            case NetworkConfig.MapName:
                data = data.With(NetworkConfig.ExternalPortKey, $"{gatewayPort}");
                data = httpsPort is null ? data.Without(NetworkConfig.ExternalHttpsPortKey) : data.With(NetworkConfig.ExternalHttpsPortKey, $"{httpsPort}");
                // One user, who may take any domain.
                if (isNew) data = data.With(Autocreate, "true");
                break;
            case DomainConfig.MapName when options.Domain is { } domain: data = StringMap.Of((domain, "")); break;
            case DomainConfig.MapName when isNew: data = StringMap.Of((PlatformOptions.DefaultDomain, "")); break;
        }
        return map with { Data = data };
    }

    private static ConfigMap Explained(ConfigMap map)
    {
        var example = Example(map.Metadata.Name);
        return map with
        {
            Data = map.Data.With(ExampleChecksum.Key, example),
            Metadata = map.Metadata with
            {
                Annotations = map.Metadata.Annotations.With(ExampleChecksum.Annotation, ExampleChecksum.Of(example)),
            },
        };
    }
}
