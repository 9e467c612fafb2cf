using System.Text.Json;
using Kip.Resources;
using Kip.Runtime.Containers.Cgroups;
using Kip.Runtime.Logs;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Containers.Oci;

/// <summary>One run of a container under an OCI runtime that waits for it in the foreground.</summary>
internal sealed class OciRun : ContainerRun
{
    private static readonly TimeSpan StartPeriod = TimeSpan.FromMilliseconds(5);

    private readonly ContainerEngine _engine;
    private readonly OciContainer _container;
    private readonly RunningProcess _runtime;
    private readonly OomWatch _oom;
    private volatile bool _killed;

    public OciRun(ContainerEngine engine, OciContainer container, RunningProcess runtime, OomWatch oom, ContainerLog log) : base(log)
    {
        (_engine, _container, _runtime, _oom) = (engine, container, runtime, oom);
        Exited = ExitAsync();
    }

    public override string Id => $"{_engine.Runtime.Name}://{_container.Id}";

    public override string ImageId => _container.ImageId;

    public override RunningProcess Process => _runtime;

    public override Task<ContainerExit> Exited { get; }

    // The runtime hands on every signal that it gets to the container's first process.
    public override void Terminate() => _runtime.SignalSelf(_container.StopSignal);

    public override void Kill()
    {
        _killed = true;
        _ = KillAsync();
    }

    public override async Task<RunningProcess> ExecAsync(ValueList<string> command, ProcessStreams streams, CancellationToken cancel)
    {
        if (command.IsEmpty) throw new ProcessStartException("no command was given");
        // There is a container to enter once its first process has an id.
        while (!File.Exists(_container.Bundle.PidPath) && !_runtime.Exited.IsCompleted) await Task.Delay(StartPeriod, _engine.Time, cancel);
        return await new OciExec(_engine, _container).StartAsync(command, streams);
    }

    /// <summary>Everything in its cgroup, until the runtime has noticed; a runtime that has not come so far as to have one is ended itself.</summary>
    private async Task KillAsync()
    {
        for (var round = 0; !_runtime.Exited.IsCompleted; round++)
        {
            if (_engine.Cgroups.Kill(_container.Cgroup) == 0 && round > 20) _runtime.Kill();
            await Task.WhenAny(_runtime.Exited, Task.Delay(TimeSpan.FromMilliseconds(10), _engine.Time));
        }
    }

    private async Task<ContainerExit> ExitAsync()
    {
        var exit = await _runtime.Exited;
        // 128 + SIGKILL, and not ours.
        var oom = exit.Code == 137 && !_killed && await _oom.HasHappenedAsync(_engine.Time);
        _oom.Dispose();
        var started = File.Exists(_container.Bundle.PidPath);
        var result = !started ? new ContainerExit(128, 0, exit.At, "StartError", Complaint() ?? $"{_engine.Runtime.Name} ended with code {exit.Code}")
            : new ContainerExit(exit.Code, 0, exit.At, oom ? "OOMKilled" : null, _container.ReadTerminationMessage());
        await _engine.CleanUpAsync(_container);
        return result;
    }

    /// <summary>What the runtime says went wrong.</summary>
    private string? Complaint()
    {
        if (!File.Exists(_container.Bundle.LogPath)) return null;
        var last = File.ReadLines(_container.Bundle.LogPath).LastOrDefault(static l => l.Length > 0);
        if (last is null || last[0] != '{') return last;
        using var json = JsonDocument.Parse(last);
        return json.RootElement.TryGetProperty("msg", out var message) ? message.GetString() : last;
    }
}
