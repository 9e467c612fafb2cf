using Kip.Client;
using Kip.Images;
using Kip.Images.Layers;
using Kip.Resources.Core;
using Kip.Runtime.Bundles;
using Kip.Runtime.Containers.Cgroups;
using Kip.Runtime.Containers.Oci;
using Kip.Runtime.Containers.Spec;
using Kip.Runtime.Environment;
using Kip.Runtime.Networking;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;
using Kip.Runtime.Volumes;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Containers;

/// <summary>Runs a pod's images as containers that share a network namespace.</summary>
internal sealed partial class ContainerSandbox(PodHost host, ContainerEngines engines, Action<string> evict) : IPodSandbox
{
    private readonly Dictionary<string, UnpackedImage> _images = new(StringComparer.Ordinal);
    private readonly ILogger _logger = host.Logger;
    private ContainerEngine? _engine;
    private PodNetns? _network;
    private PodVolumes? _volumes;
    private Task? _shared;
    private StorageWatch? _watch;

    public string? Address { get; private set; }

    public Pod Declare(Pod pod, bool running) => pod;

    public Task? Fetch(Pod pod, Container container, CancellationToken cancel)
    {
        if (_shared is null or { IsFaulted: true } or { IsCanceled: true }) _shared = ShareAsync(pod);
        return FetchAsync(pod, container, _shared, cancel);
    }

    public async Task<ContainerRun> StartAsync(ContainerStart start, CancellationToken cancel)
    {
        var (pod, container) = (start.Pod, start.Container);
        // Programs read their own address from the downward API; the status may not say it yet.
        pod = pod with { Status = pod.Status with { PodIP = Address } };
        var sources = await EnvironmentSources.ReadAsync(host.Resources, pod.Metadata.Namespace, container, cancel);
        var uid = pod.Metadata.Uid ?? "";
        var image = _images[container.Name];
        var folder = Path.Combine(host.FolderOf(pod), "containers", container.Name, start.Attempt.ToString());
        var made = new OciContainer(
            $"{uid}-{container.Name}-{start.Attempt}", uid, image.Id, _engine!.Cgroups.Of(uid, $"{container.Name}-{start.Attempt}"),
            StopSignals.Number(image.Config.StopSignal), new OciBundle(folder), PodFiles.MessageFile(host.FolderOf(pod), container.Name));
        var security = SecuritySettings.Of(pod.Spec, container);
        var limits = ResourceLimits.Of(container, _engine.Options.PidsLimit);
        return await _engine.Mounts.RunAsync(() =>
        {
            ContainerPlan Plan(IReadOnlyList<PlannedMount> mounts) => ContainerPlanner.Plan(new ContainerRequest
            {
                Pod = pod, Container = container, Image = image.Config, Sources = sources, Security = security, Limits = limits, OpenFiles = OpenFiles.Most,
                Root = made.Bundle.Root, Cgroup = made.Cgroup, NetworkNamespace = _network!.Path, Mounts = mounts,
                ApiHost = _engine.Options.Identity is null ? null : _engine.Network.Subnet.Gateway.ToString(),
                ReadFile = path => RootedFiles.Read(made.Bundle.Root, path, 1 << 20),
            });
            return Start(start, made, image, Plan);
        });
    }

    public async Task EndAsync(Pod pod)
    {
        if (_shared is { } shared) await shared.ContinueWith(static _ => { }, TaskScheduler.Default);
        if (_watch is not null) await _watch.DisposeAsync();
        _watch = null;
        if (_volumes is not null) await _volumes.DisposeAsync();
        _volumes = null;
        if (_engine is null) return;
        try
        {
            _engine.Cgroups.Remove($"/{_engine.Names.Cgroup}/{pod.Metadata.Uid}");
        }
        catch (IOException e)
        {
            LogCleanUpFailed(pod.Key, e.Message);
        }
        if (_network is { } network) await _engine.Network.ReleaseAsync(network);
        _network = null;
        _shared = null;
    }

    /// <summary>On the mount thread.</summary>
    private OciRun Start(ContainerStart start, OciContainer made, UnpackedImage image, Func<IReadOnlyList<PlannedMount>, ContainerPlan> plan)
    {
        OomWatch? oom = null;
        Logs.ContainerLog? log = null;
        try
        {
            // What an earlier life of the platform has left under this number.
            made.Bundle.Delete();
            made.Bundle.MountRoot(image.LayerDirectories);
            EnsureTemporary(made.Bundle);
            var mounts = PodFiles.Mounts(host.FolderOf(start.Pod), start.Container).Concat(_volumes!.Mounts(start.Pod, start.Container, made.Bundle)).ToArray();
            File.WriteAllBytes(
                Path.Combine(made.Bundle.Folder, "config.json"),
                OciSpec.Write(plan(mounts) with { CompiledSeccomp = _engine!.Runtime.CompiledSeccomp() }));
            File.WriteAllText(made.MessagePath, "");
            oom = OomWatch.Begin(_engine.Cgroups, made.Cgroup);
            log = start.OpenLog();
            var streams = new ProcessStreams { Output = log, HasInput = start.Container.Stdin, HasTerminal = start.Container.Tty };
            return new OciRun(_engine, made, _engine.Spawner.Start(_engine.Runtime.Run(made.Id, made.Bundle.Folder, made.PodUid), streams), oom, log);
        }
        catch
        {
            log?.Abandon();
            oom?.Dispose();
            _engine!.Cgroups.Remove(made.Cgroup);
            made.Bundle.Unmount();
            made.Bundle.Delete();
            throw;
        }
    }

    /// <summary>An image from scratch has no /tmp, and programs rely on one.</summary>
    private static void EnsureTemporary(OciBundle bundle)
    {
        var temporary = Path.Combine(bundle.Root, "tmp");
        if (Path.Exists(temporary) || new FileInfo(temporary).LinkTarget is not null) return;
        Directory.CreateDirectory(temporary);
        File.SetUnixFileMode(temporary, (UnixFileMode)0b001_111_111_111);
    }

    private async Task ShareAsync(Pod pod)
    {
        _engine ??= await engines.GetAsync();
        try
        {
            FolderTree.Delete(Path.Combine(host.FolderOf(pod), "containers"));
            _network ??= await _engine.Network.TakeAsync();
            Address = _network.Address.ToString();
            PodFiles.Write(host.FolderOf(pod), pod, _network.Address, _engine.Network.Subnet.Gateway);
            _volumes ??= new PodVolumes(host, _engine, pod);
            await _volumes.PrepareAsync(Address);
            _watch ??= new StorageWatch(host.FolderOf(pod), pod, _volumes, _engine.Options, host.Time, evict);
        }
        catch (IOException e)
        {
            throw new ContainerSetupException("CreatePodSandboxError", e.Message);
        }
    }

    private async Task FetchAsync(Pod pod, Container container, Task shared, CancellationToken cancel)
    {
        await shared.WaitAsync(cancel);
        var secrets = new List<Secret>();
        foreach (var reference in pod.Spec.ImagePullSecrets.ToArray())
            if (reference.Name is { } name && await host.Resources.GetAsync<Secret>(new(pod.Metadata.Namespace, name), cancel) is { } secret)
                secrets.Add(secret);
        try
        {
            var image = await _engine!.Options.Images().EnsureAsync(container.Image, container.ImagePullPolicy ?? "", secrets, null, cancel);
            lock (_images) _images[container.Name] = image;
        }
        catch (ImageException wrong)
        {
            var hint = BundleImage.TryParse(container.Image, out _) ? "; if it is a function's bundle, build it again with 'kip deploy DIR'" : "";
            throw new ContainerSetupException(wrong.Reason.ToString(), wrong.Message + hint);
        }
    }

    [LoggerMessage(615, LogLevel.Error, "Pod {pod}: {reason}")]
    private partial void LogCleanUpFailed(Resources.NamespacedName pod, string reason);
}
