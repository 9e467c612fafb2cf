using Kip.Client;
using Kip.Client.Images;
using Kip.Images;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform.Images;

/// <summary>Images, which come into memory with their first use: a platform whose functions are built from source has none.</summary>
internal sealed class ImageParts : IImageResolver, IAsyncDisposable
{
    private static readonly TimeSpan TendEvery = TimeSpan.FromMinutes(30);

    private readonly PlatformOptions _options;
    private readonly RegistryDoor _door;
    private readonly IResources _resources;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly Lock _gate = new();
    private volatile LoadedImages? _loaded;

    private ImageParts(PlatformOptions options, RegistryDoor door, IResources resources, TimeProvider time, ILoggerFactory loggers) =>
        (_options, _door, _resources, _time, _loggers) = (options, door, resources, time, loggers);

    /// <summary>The registry's address, e.g. <c>127.0.0.1:5000</c>.</summary>
    public string Address => _door.EndPoint.ToString();

    /// <summary>Begins to listen for the registry; what is here from an earlier life is cleared of what a kill left half done.</summary>
    /// <exception cref="IOException">The address is in use and must not be changed.</exception>
    /// <exception cref="FormatException">registries.yaml is wrong.</exception>
    public static ImageParts Open(PlatformOptions options, IResources resources, TimeProvider time, ILoggerFactory loggers)
    {
        var door = RegistryDoor.Open(options.Registry, options.Registry.Equals(PlatformOptions.UsualRegistry), time, loggers);
        try
        {
            var parts = new ImageParts(options, door, resources, time, loggers);
            if (parts.HasSome) parts.Loaded().CheckSettings();
            return parts;
        }
        catch
        {
            door.Dispose();
            throw;
        }
    }

    // Commands put images there, too.
    private bool HasSome => Directory.Exists(_options.Data.Path("images")) || File.Exists(_options.Data.Path("registries.yaml"));

    /// <summary>Brings images here for pods.</summary>
    public IImageSource Source() => Loaded().Source;

    /// <inheritdoc/>
    public ImageAnswer Ask(ImageQuestion asked, Action changed) => Loaded().Digests.Ask(asked, changed);

    /// <inheritdoc/>
    public void Forget(string asker) => _loaded?.Digests.Forget(asker);

    /// <summary>Serves the registry and tends what is here, now and then, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(
        _door.RunAsync((listening, first) => Loaded().ServeAsync(listening, first, cancel), cancel), TendAsync(cancel));

    public async ValueTask DisposeAsync()
    {
        if (_loaded is { } loaded) await loaded.DisposeAsync();
        _door.Dispose();
    }

    private async Task TendAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TendEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
                if (_loaded is not null || HasSome) await Loaded().TendAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // The platform stops.
        }
    }

    private LoadedImages Loaded()
    {
        if (_loaded is { } there) return there;
        lock (_gate) return _loaded ??= new(_options, _door.EndPoint, _resources, _time, _loggers);
    }
}
