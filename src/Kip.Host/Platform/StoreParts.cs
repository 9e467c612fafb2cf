using Kip.ApiServer.Registry;
using Kip.ApiServer.Security;
using Kip.ApiServer.Storage;
using Kip.Client.Informers;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform;

/// <summary>The store, with everything that was acknowledged in memory again; the ways to it inside the process; and whose word counts in it.</summary>
internal sealed class StoreParts : IAsyncDisposable
{
    private StoreParts(ResourceRegistry registry, PlatformOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        Registry = registry;
        Resources = new EmbeddedResources(registry);
        Informers = new InformerSet(Resources, time, loggers);
        Identities = Identities.Open(options.Data.Root, registry, time);
        Pods = new PodIdentity(Identities);
    }

    public ResourceRegistry Registry { get; }

    public EmbeddedResources Resources { get; }

    public InformerSet Informers { get; }

    public Identities Identities { get; }

    public PodIdentity Pods { get; }

    /// <summary>Where Services are reached, webhooks' too. Null until the gateway listens.</summary>
    public Uri? Door { get; set; }

    public static async Task<StoreParts> OpenAsync(PlatformOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancel)
    {
        StoreParts? parts = null;
        var registry = await ResourceRegistry.OpenAsync(
            new StoreOptions { Directory = options.Data.Store, KeyFile = options.EncryptionKey },
            new ResourceRegistryOptions { Logger = loggers.CreateLogger("Kip.ApiServer"), Services = () => parts?.Door }, time, cancel);
        try
        {
            return parts = new StoreParts(registry, options, time, loggers);
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Pods.Dispose();
        Identities.Dispose();
        await Registry.DisposeAsync();
    }
}
