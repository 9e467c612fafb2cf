using Kip.Images.Layers;
using Kip.Resources.Core;
using Kip.Runtime.Containers.Spec;
using Kip.Runtime.Volumes;

namespace Kip.Runtime.Containers;

/// <summary>Looks now and then at how much of the disk a pod uses, and says so once it is too much.</summary>
internal sealed class StorageWatch : IAsyncDisposable
{
    // A pod with many files must not keep a processor busy by being looked at.
    private const int LeastRest = 20;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private readonly string _podFolder;
    private readonly Pod _pod;
    private readonly PodVolumes _volumes;
    private readonly ContainerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Begins to watch.</summary>
    /// <param name="podFolder">The pod's folder: its containers' own layers and its logs are below.</param>
    /// <param name="pod">For its limits.</param>
    /// <param name="volumes">For its emptyDirs.</param>
    /// <param name="options">The general limit, and how often to look.</param>
    /// <param name="time">Times the looks.</param>
    /// <param name="evict">Called once, with what was used and what was allowed, in the kubelet's words.</param>
    public StorageWatch(string podFolder, Pod pod, PodVolumes volumes, ContainerOptions options, TimeProvider time, Action<string> evict)
    {
        (_podFolder, _pod, _volumes, _options, _time) = (podFolder, pod, volumes, options, time);
        _watching = WatchAsync(evict);
    }

    /// <summary>Ends the watch.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(Action<string> evict)
    {
        var wait = _options.StoragePeriod;
        try
        {
            while (true)
            {
                await Task.Delay(wait, _time, _stop.Token);
                var began = _time.GetTimestamp();
                if (Look() is { } excess)
                {
                    evict(excess);
                    return;
                }
                var rest = _time.GetElapsedTime(began) * LeastRest;
                wait = rest > _options.StoragePeriod ? rest : _options.StoragePeriod;
            }
        }
        catch (OperationCanceledException)
        {
            // The pod goes.
        }
    }

    private string? Look()
    {
        try
        {
            return Excess();
        }
        catch (IOException)
        {
            // A run has ended while it was looked at, and its folder has gone.
            return null;
        }
    }

    /// <summary>Which limit is exceeded, as a sentence. Null: none.</summary>
    private string? Excess()
    {
        var (bytes, entries) = (0L, 0L);
        foreach (var container in _pod.Spec.InitContainers.Concat(_pod.Spec.Containers))
        {
            var before = bytes;
            foreach (var layer in Layers(container.Name))
                if (!Count(layer, ref bytes, ref entries)) return TooMany();
            if (!Count(Path.Combine(_podFolder, "logs", container.Name), ref bytes, ref entries)) return TooMany();
            if (ResourceLimits.Of(container, _options.PidsLimit).Storage is { } limit && bytes - before > limit)
                return $"Container {container.Name} exceeded its local ephemeral storage limit \"{container.Resources!.Limits.Get("ephemeral-storage")}\".";
        }
        foreach (var (name, folder, limit) in _volumes.OnDisk())
        {
            var before = bytes;
            if (!Count(folder, ref bytes, ref entries)) return TooMany();
            if (bytes - before > limit) return $"Usage of EmptyDir volume \"{name}\" exceeds the limit \"{limit}\".";
        }
        // The termination messages are files of this machine, too.
        if (!Count(Path.Combine(_podFolder, "etc"), ref bytes, ref entries)) return TooMany();
        return bytes > _options.StorageLimit ? $"Pod ephemeral local storage usage exceeds the total limit of containers {_options.StorageLimit}." : null;
    }

    private IEnumerable<string> Layers(string container)
    {
        var runs = Path.Combine(_podFolder, "containers", container);
        return Directory.Exists(runs) ? Directory.EnumerateDirectories(runs).Select(static run => Path.Combine(run, "upper")) : [];
    }

    private bool Count(string folder, ref long bytes, ref long entries)
    {
        var size = FolderTree.Measure(folder, _options.EntriesLimit - entries);
        bytes += size.Bytes;
        entries += size.Entries;
        return size.IsWhole;
    }

    private string TooMany() =>
        $"Pod has more than {_options.EntriesLimit} files in its containers and emptyDirs, or folders nested more deeply than a path is long.";
}
