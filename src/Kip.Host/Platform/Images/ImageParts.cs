using Kip.Client;
using Kip.Images;
using Kip.Images.Digests;
using Kip.Images.Layers;
using Kip.Images.Pulling;
using Kip.Images.Registry;
using Kip.Images.Storage;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform.Images;

/// <summary>What a platform has for images: the store, the puller, its own registry, and the collection of what nobody needs.</summary>
internal sealed partial class ImageParts : IAsyncDisposable
{
    private static readonly TimeSpan CollectEvery = TimeSpan.FromMinutes(30);

    private readonly RegistryServer _server;
    private readonly RegistryClient _registries;
    private readonly ImagePuller _puller;
    private readonly LayerStore _layers;
    private readonly ImagePruner _pruner;
    private readonly OwnRegistry _own;
    private readonly IResources _resources;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private ImageParts(RegistryServer server, ImageStores stores, OwnRegistry own, IResources resources, TimeProvider time, ILoggerFactory loggers)
    {
        (_server, _own, _resources, _time, _logger) = (server, own, resources, time, loggers.CreateLogger<ImageParts>());
        (_registries, _puller, _layers) = (stores.Registries, stores.Puller, stores.Layers);
        _pruner = new ImagePruner(stores.Folders, stores.Images, stores.Layers, time);
        Source = new ImageSource(stores.Images, stores.Layers, stores.Puller, own, time);
        Digests = new DigestResolver(stores.Images, stores.Puller, own, resources, time);
    }

    /// <summary>Brings images here for pods.</summary>
    public IImageSource Source { get; }

    /// <summary>Tells Revisions which content their images stand for.</summary>
    public DigestResolver Digests { get; }

    /// <summary>The registry's address, e.g. <c>127.0.0.1:5000</c>.</summary>
    public string Address => _server.EndPoint.ToString();

    /// <summary>Clears what a kill left half done and begins to serve the registry.</summary>
    public static async Task<ImageParts> StartAsync(
        PlatformOptions options, IResources resources, TimeProvider time, ILoggerFactory loggers, CancellationToken cancel)
    {
        var stores = ImageStores.Open(options.Data, time);
        stores.Layers.RemoveUnfinished();
        if (Directory.Exists(stores.Folders.Ingest)) Directory.Delete(stores.Folders.Ingest, recursive: true);
        var own = new OwnRegistry();
        var registry = new RegistryOptions { EndPoint = options.Registry, MayMove = options.Registry.Equals(PlatformOptions.UsualRegistry) };
        var server = await RegistryServer.StartAsync(registry, stores.Images, RegistryToken.Open(options.Data.Root), stores.Settings, time, loggers, cancel);
        own.ListensAt(server.EndPoint);
        return new ImageParts(server, stores, own, resources, time, loggers);
    }

    /// <summary>Writes unpacked layers out and collects what nobody needs, now and then, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(CollectEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                // Both wait for the disk.
                await Task.Run(_layers.Settle, cancel);
                await CollectAsync(cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The platform stops.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Digests.Dispose();
        _puller.Dispose();
        _registries.Dispose();
    }

    private async Task CollectAsync(CancellationToken cancel)
    {
        try
        {
            var inUse = await ImagesInUse.ReadAsync(_resources, _own, cancel);
            var report = await Task.Run(() => _pruner.PruneAsync(inUse, new PruneOptions(), cancel), cancel);
            if (report.Bytes > 0) LogCollected(report.Images, report.Bytes >> 20);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ApiException)
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(EventId = 710, Level = LogLevel.Information, Message = "Images: {Count} that nobody used are removed, {Megabytes} MB are free again")]
    private partial void LogCollected(int count, long megabytes);

    [LoggerMessage(EventId = 711, Level = LogLevel.Warning, Message = "Images: the collection of what nobody needs failed; it is tried again later")]
    private partial void LogFailed(Exception failure);
}
