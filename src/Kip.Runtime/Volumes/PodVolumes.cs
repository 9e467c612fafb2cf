using System.Threading.Channels;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Containers;
using Kip.Runtime.Containers.Oci;
using Kip.Runtime.Containers.Spec;
using Kip.Runtime.Environment;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Volumes;

/// <summary>The volumes of one pod: made before its first container, kept in step with their ConfigMaps and Secrets, gone with it.</summary>
internal sealed partial class PodVolumes(PodHost host, ContainerEngine engine, Pod pod) : IAsyncDisposable
{
    private static readonly TimeSpan RenewAgain = TimeSpan.FromSeconds(30);

    private readonly string _folder = Path.Combine(host.FolderOf(pod), "volumes");
    private readonly ILogger _logger = host.Logger;
    private readonly List<string> _mounted = [];
    private readonly List<IDisposable> _subscriptions = [];
    private readonly CancellationTokenSource _stop = new();
    // What changed while the files are being written is written once, afterwards.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _updating = Task.CompletedTask;
    private VolumeSources? _sources;
    private Volume? _access;
    private ITimer? _renewal;
    private long _writes;
    private bool _prepared;

    /// <summary>Makes all volumes.</summary>
    /// <param name="address">The pod's address, for the downward API.</param>
    /// <exception cref="ContainerSetupException">One cannot be made.</exception>
    public async Task PrepareAsync(string address)
    {
        if (_prepared) return;
        _access = await ApiAccess.VolumeOfAsync(host, engine.Options, pod, _stop.Token);
        _sources = new VolumeSources(host.Resources, engine.Options.Identity, pod with { Status = pod.Status with { PodIP = address } });
        foreach (var volume in pod.Spec.Volumes.ToArray())
        {
            if (volume.EmptyDir is { } empty) await MakeEmptyAsync(volume, EmptyDirs.Of(volume.Name, empty));
            else if (VolumeSources.Has(volume)) await WriteAsync(volume);
            else
                throw new ContainerSetupException("CreateContainerConfigError",
                    $"volume \"{volume.Name}\" has a source that is not supported: there are configMap, secret, projected, downwardAPI and emptyDir");
        }
        if (_access is not null) await WriteAsync(_access);
        _prepared = true;
        if (_sources.Names.Count > 0 || _sources.RenewAt is not null) Follow();
    }

    /// <summary>What a container is given of them. On the mount thread.</summary>
    /// <exception cref="ContainerSetupException">A mount names no volume, or a part that leads out of it.</exception>
    public List<PlannedMount> Mounts(Pod seen, Container container, OciBundle bundle)
    {
        var mounts = new List<PlannedMount>();
        foreach (var mount in container.VolumeMounts)
        {
            if (pod.Spec.Volumes.FirstOrDefault(v => v.Name == mount.Name) is not { } volume)
                throw new ContainerSetupException("CreateContainerConfigError", $"volumeMount \"{mount.Name}\": the pod has no such volume");
            if (mount.MountPropagation is not (null or "" or "None"))
                throw new ContainerSetupException("CreateContainerConfigError", $"volumeMount \"{mount.Name}\": mountPropagation is not supported");
            if (!string.IsNullOrEmpty(mount.SubPathExpr))
                throw new ContainerSetupException(
                    "CreateContainerConfigError", $"volumeMount \"{mount.Name}\": subPathExpr is not supported; write the path as subPath");
            var source = Path.Combine(_folder, volume.Name);
            if (!string.IsNullOrEmpty(mount.SubPath))
            {
                var part = Path.Combine(bundle.Folder, "parts", mounts.Count.ToString());
                SubPath.Mount(source, mount.SubPath, part);
                bundle.Parts.Add(part);
                source = part;
            }
            // What comes from the API is not the container's to change.
            mounts.Add(new PlannedMount(mount.MountPath, source, mount.ReadOnly || volume.EmptyDir is null));
        }
        if (_access is not null && !container.VolumeMounts.Any(static m => m.MountPath.TrimEnd('/') == ApiAccess.MountPath))
            mounts.Add(new PlannedMount(ApiAccess.MountPath, Path.Combine(_folder, _access.Name), ReadOnly: true));
        return mounts;
    }

    /// <summary>The folders of the emptyDirs on disk, with their own limits.</summary>
    public IEnumerable<(string Name, string Folder, long? Limit)> OnDisk()
    {
        foreach (var volume in pod.Spec.Volumes.ToArray())
            if (volume.EmptyDir is { } empty && EmptyDirs.Of(volume.Name, empty) is { InMemory: false, SizeLimit: var limit })
                yield return (volume.Name, Path.Combine(_folder, volume.Name), limit);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
        if (_renewal is not null) await _renewal.DisposeAsync();
        await _stop.CancelAsync();
        await _updating;
        await engine.Mounts.RunAsync(() => _mounted.ForEach(MountThread.Unmount));
        _stop.Dispose();
    }

    private async Task MakeEmptyAsync(Volume volume, EmptyDirs wanted)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, volume.Name)).FullName;
        var group = SecuritySettings.Of(pod.Spec, new Container()).FsGroup;
        if (wanted.InMemory)
        {
            // Mode and group as on disk: the bit hands the group on to what is made there.
            var data = $"{(group is { } gid ? $"mode=2777,gid={gid}" : "mode=777")},size={wanted.SizeLimit ?? EmptyDirs.DefaultMemory}";
            await engine.Mounts.RunAsync(() => MountThread.Mount("tmpfs", folder, "tmpfs", Processes.LibC.MountNoSetUid | Processes.LibC.MountNoDevices, data));
            _mounted.Add(folder);
            return;
        }
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111 | (group is null ? 0 : UnixFileMode.SetGroup));
        if (group is { } owner) _ = Processes.LibC.ChangeOwner(folder, 0, (uint)owner);
        // Changing the owner takes the bit away.
        if (group is not null) File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111 | UnixFileMode.SetGroup);
    }

    private async Task WriteAsync(Volume volume)
    {
        var files = await _sources!.ReadAsync(volume, _stop.Token);
        var stamp = $"{host.Time.GetUtcNow():yyyy_MM_dd_HH_mm_ss}.{_writes++}";
        AtomicFolder.Write(Path.Combine(_folder, volume.Name), files, SecuritySettings.Of(pod.Spec, new Container()).FsGroup, stamp);
    }

    private void Follow()
    {
        if (_sources!.Names.Any(static n => n.Kind == ConfigMap.Definition.Kind)) _subscriptions.Add(host.Informers.Subscribe<ConfigMap>(OnChange));
        if (_sources.Names.Any(static n => n.Kind == Secret.Definition.Kind)) _subscriptions.Add(host.Informers.Subscribe<Secret>(OnChange));
        _renewal = host.Time.CreateTimer(_ => _changed.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        RenewLater();
        _updating = UpdateAsync();
    }

    private void RenewLater()
    {
        if (_sources!.RenewAt is not { } due) return;
        var wait = due - host.Time.GetUtcNow();
        _renewal!.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void OnChange<T>(ResourceChange<T> change) where T : Resource, IResource
    {
        if (change.Key.Namespace == pod.Metadata.Namespace && _sources!.Names.Contains((T.Definition.Kind, change.Key.Name))) _changed.Writer.TryWrite(true);
    }

    private async Task UpdateAsync()
    {
        try
        {
            while (await _changed.Reader.WaitToReadAsync(_stop.Token))
            {
                _changed.Reader.TryRead(out _);
                var hasTokens = _sources!.RenewAt is not null;
                _sources.RenewAt = null;
                foreach (var volume in pod.Spec.Volumes.Where(VolumeSources.Has)) await UpdateAsync(volume);
                if (_access is not null) await UpdateAsync(_access);
                // What could not be renewed is tried again soon.
                if (hasTokens) _sources.RenewAt ??= host.Time.GetUtcNow() + RenewAgain;
                RenewLater();
            }
        }
        catch (OperationCanceledException)
        {
            // The pod goes.
        }
    }

    private async Task UpdateAsync(Volume volume)
    {
        try
        {
            await WriteAsync(volume);
        }
        catch (Exception e) when (e is ContainerSetupException or IOException or EnvironmentException)
        {
            // The files stay as they were, as with the kubelet.
            LogNotUpdated(pod.Key, volume.Name, e.Message);
        }
    }

    [LoggerMessage(660, LogLevel.Warning, "Pod {pod}: volume {volume} stays as it was: {reason}")]
    private partial void LogNotUpdated(NamespacedName pod, string volume, string reason);
}
