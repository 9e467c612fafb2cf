using Kip.Resources.Core;
using Kip.Runtime.Containers.Spec;
using Kip.Runtime.Volumes;

namespace Kip.Runtime.Containers;

/// <summary>Looks now and then at how much of the disk a pod uses, and says so once it is too much.</summary>
internal sealed class StorageWatch : IAsyncDisposable
{
    private readonly PeriodicTimer _timer;
    private readonly Task _watching;

    /// <summary>Begins to watch.</summary>
    /// <param name="podFolder">The pod's folder: its containers' own layers and its logs are below.</param>
    /// <param name="pod">For its limits.</param>
    /// <param name="volumes">For its emptyDirs.</param>
    /// <param name="options">The general limit, and how often to look.</param>
    /// <param name="time">Times the looks.</param>
    /// <param name="evict">Called once, with what was used and what was allowed, in the kubelet's words.</param>
    public StorageWatch(string podFolder, Pod pod, PodVolumes volumes, ContainerOptions options, TimeProvider time, Action<string> evict)
    {
        _timer = new PeriodicTimer(options.StoragePeriod, time);
        _watching = WatchAsync(podFolder, pod, volumes, options, evict);
    }

    /// <summary>Ends the watch.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching;
    }

    private async Task WatchAsync(string podFolder, Pod pod, PodVolumes volumes, ContainerOptions options, Action<string> evict)
    {
        while (await _timer.WaitForNextTickAsync())
        {
            if (Excess(podFolder, pod, volumes, options) is not { } excess) continue;
            evict(excess);
            return;
        }
    }

    /// <summary>Which limit is exceeded, as a sentence. Null: none.</summary>
    private static string? Excess(string podFolder, Pod pod, PodVolumes volumes, ContainerOptions options)
    {
        long all = 0;
        foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            var used = Size(Path.Combine(podFolder, "containers", container.Name), "upper") + Size(Path.Combine(podFolder, "logs", container.Name));
            if (ResourceLimits.Of(container, options.PidsLimit).Storage is { } limit && used > limit)
                return $"Container {container.Name} exceeded its local ephemeral storage limit \"{container.Resources!.Limits.Get("ephemeral-storage")}\".";
            all += used;
        }
        foreach (var (name, folder, limit) in volumes.OnDisk())
        {
            var used = Size(folder);
            if (used > limit) return $"Usage of EmptyDir volume \"{name}\" exceeds the limit \"{limit}\".";
            all += used;
        }
        return all > options.StorageLimit ? $"Pod ephemeral local storage usage exceeds the total limit of containers {options.StorageLimit}." : null;
    }

    private static long Size(string folder, string? below = null)
    {
        if (!Directory.Exists(folder)) return 0;
        if (below is not null) return Directory.EnumerateDirectories(folder).Sum(run => Size(Path.Combine(run, below)));
        // Links are not followed: what they lead to is not the pod's.
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return new DirectoryInfo(folder).EnumerateFiles("*", options).Sum(static f => Length(f));
    }

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
