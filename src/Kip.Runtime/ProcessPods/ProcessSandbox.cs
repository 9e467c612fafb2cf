using Kip.Resources.Core;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Ports;
using Kip.Runtime.Processes;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.ProcessPods;

/// <summary>Runs a pod's bundles as processes of this machine, each pod on a port of its own.</summary>
internal sealed partial class ProcessSandbox(PodHost host) : IPodSandbox
{
    private readonly ILogger _logger = host.Logger;
    private int? _port;

    public string Address => PodStatusRules.Loopback;

    public Pod Declare(Pod pod, bool running)
    {
        if (ServingPort.Container(pod.Spec) is null || ServingPort.IsFixed(pod.Metadata)) return pod;
        if (ServingPort.Given(pod) is { } given && Hold(given, running)) return pod;
        try
        {
            var annotations = pod.Metadata.Annotations.With(ServingPort.Annotation, host.Ports.Next().ToString());
            return pod with { Metadata = pod.Metadata with { Annotations = annotations } };
        }
        catch (PortsExhaustedException none)
        {
            throw new ContainerSetupException("CreateContainerConfigError", none.Message);
        }
    }

    public Task? Fetch(Pod pod, Container container, CancellationToken cancel) => null;

    public async Task<ContainerRun> StartAsync(ContainerStart start, CancellationToken cancel)
    {
        var (what, bundle) = await ProcessSetup.PrepareAsync(host, start.Pod, start.Container, cancel);
        var log = start.OpenLog();
        try
        {
            var streams = new ProcessStreams { Output = log, HasInput = start.Container.Stdin, HasTerminal = start.Container.Tty };
            return new ProcessRun(host.Spawner, what, host.Spawner.Start(what, streams), bundle.Image.ToString(), log);
        }
        catch
        {
            log.Abandon();
            throw;
        }
    }

    public async Task EndAsync(Pod pod)
    {
        try
        {
            if (await host.Leftovers.EndAsync(pod.Metadata.Uid ?? "") is var left and > 0) LogLeftovers(pod.Key, left);
        }
        catch (IOException e)
        {
            LogCleanUpFailed(pod.Key, e.Message);
        }
        if (_port is { } port) host.Ports.Release(port);
        _port = null;
    }

    private bool Hold(int port, bool running)
    {
        // Ours already; whether somebody listens there matters only when no process of ours may.
        if (_port == port && (running || PortAllocator.IsFree(port))) return true;
        if (!PortAllocator.IsFree(port) || !host.Ports.TryHold(port)) return false;
        if (_port is { } former) host.Ports.Release(former);
        _port = port;
        return true;
    }

    [LoggerMessage(613, LogLevel.Information, "Pod {pod}: {count} processes outside its process group were ended")]
    private partial void LogLeftovers(Resources.NamespacedName pod, int count);

    [LoggerMessage(614, LogLevel.Error, "Pod {pod}: {reason}")]
    private partial void LogCleanUpFailed(Resources.NamespacedName pod, string reason);
}
