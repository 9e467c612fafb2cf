using System.Net;
using System.Net.Sockets;
using Kip.Client;
using Kip.Images;
using Kip.Images.Digests;
using Kip.Images.Registry;
using Kip.Images.Storage;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform.Images;

/// <summary>What a platform has for images once one is needed: the store, the puller, the registry's server, and the collection of what nobody needs.</summary>
internal sealed partial class LoadedImages : IAsyncDisposable
{
    private readonly ImageStores _stores;
    private readonly ImagePruner _pruner;
    private readonly OwnRegistry _own = new();
    private readonly PlatformOptions _options;
    private readonly IResources _resources;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private RegistryServer? _server;

    /// <summary>Clears what a kill left half done.</summary>
    public LoadedImages(PlatformOptions options, IPEndPoint registry, IResources resources, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _resources, _time, _loggers, _logger) = (options, resources, time, loggers, loggers.CreateLogger<LoadedImages>());
        _stores = ImageStores.Open(options.Data, time);
        _stores.Layers.RemoveUnfinished();
        if (Directory.Exists(_stores.Folders.Ingest)) Directory.Delete(_stores.Folders.Ingest, recursive: true);
        _own.ListensAt(registry);
        _pruner = new ImagePruner(_stores.Folders, _stores.Images, _stores.Layers, time);
        Source = new ImageSource(_stores.Images, _stores.Layers, _stores.Puller, _own, time);
        Digests = new DigestResolver(_stores.Images, _stores.Puller, _own, resources, time);
    }

    /// <summary>Brings images here for pods.</summary>
    public IImageSource Source { get; }

    /// <summary>Tells Revisions which content their images stand for.</summary>
    public DigestResolver Digests { get; }

    /// <summary>Reads registries.yaml.</summary>
    /// <exception cref="FormatException">It is wrong.</exception>
    public void CheckSettings() => _ = _stores.Settings.Current;

    /// <summary>Serves the registry at a socket that listens, beginning with a connection that was accepted.</summary>
    /// <exception cref="FormatException">registries.yaml is wrong.</exception>
    public async Task ServeAsync(Socket listening, Socket first, CancellationToken cancel) => _server = await RegistryServer.StartAsync(
        listening, first, new RegistryOptions(), _stores.Images, RegistryToken.Open(_options.Data.Root), _stores.Settings, _time, _loggers, cancel);

    /// <summary>Writes unpacked layers out and collects what nobody needs.</summary>
    public async Task TendAsync(CancellationToken cancel)
    {
        // Both wait for the disk.
        await Task.Run(_stores.Layers.Settle, cancel);
        await CollectAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        Digests.Dispose();
        _stores.Puller.Dispose();
        _stores.Registries.Dispose();
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
