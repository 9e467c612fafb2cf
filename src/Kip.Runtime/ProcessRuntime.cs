using Kip.Client;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Client.Pods;
using Kip.Images.Layers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Scheduling;
using Kip.Runtime.Bundles;
using Kip.Runtime.Containers;
using Kip.Runtime.CronJobs;
using Kip.Runtime.Deployments;
using Kip.Runtime.Endpoints;
using Kip.Runtime.EndpointSlices;
using Kip.Runtime.Jobs;
using Kip.Runtime.Logs;
using Kip.Runtime.Networking;
using Kip.Runtime.Nodes;
using Kip.Runtime.Pods;
using Kip.Runtime.Ports;
using Kip.Runtime.Probes;
using Kip.Runtime.ProcessPods;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;
using Kip.Runtime.ReplicaSets;
using Kip.Runtime.Usage;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime;

/// <summary>Runs pods on this machine as processes and containers, and plays Kubernetes' Deployment and Endpoints controllers.</summary>
/// <remarks>
/// Start it before whoever sends requests to pods: it first ends what an earlier life of the platform left running and says so in the pods'
/// status. It needs the informers to be started, by it or by whoever else, after its constructor.
/// </remarks>
public sealed partial class ProcessRuntime : IAsyncDisposable
{
    private readonly RuntimeOptions _options;
    private readonly IResources _resources;
    private readonly InformerSet _informers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProcessSpawner _spawner;
    private readonly Prober _prober;
    private readonly PortWatch _portWatch;
    private readonly EventRecorder _events;
    private readonly ProcessMarks _marks;
    private readonly PodWorkers _workers;
    private readonly PodKinds _kinds;
    private readonly ContainerEngines? _engines;
    private readonly StringMap _amounts;
    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _subscription;
    private Task _recording = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Makes the runtime; nothing is started yet.</summary>
    /// <param name="options">Where and how pods run.</param>
    /// <param name="resources">The API.</param>
    /// <param name="informers">The caches, shared with the controllers.</param>
    /// <param name="drain">Asked before a pod's processes are ended. Null: they are ended at once.</param>
    /// <param name="time">Times probes, backoffs and grace periods.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="random">Numbers from 0 up to 1: names of pods and the first port. Null: the process's own.</param>
    public ProcessRuntime(
        RuntimeOptions options, IResources resources, InformerSet informers, IPodDrain? drain, TimeProvider time, ILoggerFactory loggers,
        Func<double>? random = null)
    {
        random ??= Random.Shared.NextDouble;
        (_options, _resources, _informers, _time) = (options, resources, informers, time);
        _logger = loggers.CreateLogger<ProcessRuntime>();
        _spawner = new ProcessSpawner(time);
        _prober = new Prober(time);
        _portWatch = new PortWatch(time);
        _events = new EventRecorder(resources, time, loggers);
        _marks = new ProcessMarks(Path.GetFullPath(options.DataDirectory));
        Bundles = new BundleStore(options.DataDirectory);
        _kinds = new PodKinds(Bundles, options.Containers is not null);
        if (options.Containers is { } containers)
            _engines = new ContainerEngines(containers, options.DataDirectory, _marks, _spawner, time, loggers.CreateLogger("Kip.Runtime.Containers"));
        _amounts = NodeFacts.Amounts(options.PortCount);
        var room = new NodeRoom(_amounts);
        var ports = new PortAllocator(options.FirstPort, options.PortCount, (int)(random() * options.PortCount));
        _workers = new PodWorkers(new PodHost
        {
            Options = options, Resources = resources, Informers = informers, Spawner = _spawner, Prober = _prober, PortWatch = _portWatch,
            Bundles = Bundles, Ports = ports, Marks = _marks, Room = room,
            ProbeHeard = (target, get, answer, took) => RequestLogs?.Probed(target, get, answer, took),
            Events = _events, Drain = drain, NewSandbox = NewSandbox, Time = time, Logger = loggers.CreateLogger("Kip.Runtime.Pods"),
        });
        RequestLogs = new PodRequestLogs(_workers, time, loggers.CreateLogger("Kip.Runtime.Logs"));
        Logs = new PodLogs(_workers, RequestLogs);
        Exec = new PodExec(_workers);
        Forward = new PodForward();
        var usage = new PodUsageReader(options.DataDirectory);
        (Usage, MachineUsage) = (usage, usage);
        var newPods = new PodFactory(options.NodeName, () => PodNames.Suffix(random), spec => _kinds.IsProcess(spec) ? ports.NextOrNull() : null)
        {
            HasRoom = spec => room.Refusal(spec) is null,
        };
        Func<Pod, int>? requestsAt = drain is null ? null : pod => drain.RequestsAt(pod.Key, pod.Metadata.Uid ?? "");
        Reconcilers =
        [
            new DeploymentReconciler(newPods, requestsAt), new ReplicaSetReconciler(newPods, requestsAt), new JobReconciler(newPods), new CronJobReconciler(),
            new EndpointsReconciler(), new EndpointSliceReconciler(),
        ];
    }

    /// <summary>What pods wrote.</summary>
    public IPodLogs Logs { get; }

    /// <summary>Where the gateway's lines about pods' requests go.</summary>
    public PodRequestLogs RequestLogs { get; }

    /// <summary>What pods use of the machine.</summary>
    public IPodUsage Usage { get; }

    /// <summary>What containers and the machine use.</summary>
    public IMachineUsage MachineUsage { get; }

    /// <summary>Runs programs in pods that run.</summary>
    public IPodExec Exec { get; }

    /// <summary>Connects to pods' ports.</summary>
    public IPodForward Forward { get; }

    /// <summary>The bundles that pods run.</summary>
    public BundleStore Bundles { get; }

    /// <summary>The controllers of workloads and of Endpoints, to be run with the others.</summary>
    public IReadOnlyList<IReconciler> Reconcilers { get; }

    /// <summary>Ends what earlier lives left, then runs the pods that are stored and all that come.</summary>
    /// <exception cref="IOException">A process of an earlier life does not end.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        // 1. No pod may run twice.
        if (_marks.EndOrphans() is var orphans and > 0) LogOrphans(orphans);
        await ContainerSweep.RunAsync(new PlatformNames(_marks.RuntimeId));
        // 2. No request may go to a pod that only ran in an earlier life.
        var stored = await _resources.ListAsync<Pod>(ListOptions.All, cancel);
        var ours = stored.Where(p => p.Spec.NodeName == _options.NodeName).ToArray();
        foreach (var pod in ours.Where(static p => p.IsReady))
            await _resources.UpdateStatusAsync(pod with { Status = PodStatusRules.NotReady(pod.Status, _time.GetUtcNow()) }, cancel);
        DeleteFoldersOfOthers(ours);
        var version = typeof(ProcessRuntime).Assembly.GetName().Version?.ToString(3);
        await new NodeRegistration(_resources).DeclareAsync(
            NodeFacts.Read(_options.NodeName, _amounts, $"v{version}+kip", $"kip://{version}", _time.GetUtcNow()), cancel);
        // 3. Each pod gets its worker as the cache tells of it.
        _recording = _events.RunAsync(_stop.Token);
        _subscription = _informers.Subscribe<Pod>(_workers.OnChange);
        // 4. Who has run containers before will again: the first of them need not wait for bridge and firewall.
        if (_engines is not null && File.Exists(Path.Combine(_options.DataDirectory, PodNetwork.SubnetFile))) _ = _engines.PrepareAsync();
    }

    /// <summary>Ends all pods' processes gracefully, side by side. The pods stay declared and run again at the next start.</summary>
    /// <param name="hurry">When cancelled, what still runs is killed.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        _subscription?.Dispose();
        await _workers.StopAsync(hurry);
        _stop.Cancel();
        await _recording;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await StopAsync(CancellationToken.None);
        await RequestLogs.DisposeAsync();
        if (_engines is not null) await _engines.DisposeAsync();
        _portWatch.Dispose();
        _prober.Dispose();
        _spawner.Dispose();
        _stop.Dispose();
    }

    private IPodSandbox NewSandbox(PodHost host, Pod pod, Action<string> evict) =>
        _kinds.IsProcess(pod.Spec) ? new ProcessSandbox(host)
        : _engines is null ? new RefusingSandbox("this runtime does not run containers; deploy from source with 'kip deploy DIR'")
        : new ContainerSandbox(host, _engines, evict);

    private void DeleteFoldersOfOthers(IEnumerable<Pod> ours)
    {
        var folders = Path.Combine(Path.GetFullPath(_options.DataDirectory), "pods");
        if (!Directory.Exists(folders)) return;
        var keep = ours.Select(static p => p.Metadata.Uid ?? "").ToHashSet(StringComparer.Ordinal);
        foreach (var folder in new DirectoryInfo(folders).EnumerateDirectories())
            if (!keep.Contains(folder.Name)) DeleteFolder(folder.FullName);
    }

    private void DeleteFolder(string folder)
    {
        try
        {
            FolderTree.Delete(folder);
        }
        catch (IOException e)
        {
            // It takes room, but nobody's pod needs it.
            LogNotDeleted(folder, e.Message);
        }
    }

    [LoggerMessage(600, LogLevel.Warning, "Ended {count} processes that an earlier run of the platform had left")]
    private partial void LogOrphans(int count);

    [LoggerMessage(609, LogLevel.Warning, "The folder {folder} of a pod that is gone could not be deleted: {reason}")]
    private partial void LogNotDeleted(string folder, string reason);
}
