using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Logs;
using Kip.Runtime.Probes;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;

namespace Kip.Runtime.Pods.Slots;

/// <summary>One container of a pod over all its runs. Touched by the pod's worker only; logs may be read by anyone.</summary>
/// <param name="host">What all pods share.</param>
/// <param name="sandbox">Where it is started.</param>
/// <param name="container">As it is declared.</param>
/// <param name="restartPolicy">Whether it is started again when it has ended; an init container's is not its pod's.</param>
/// <param name="facts">What earlier lives of the platform have left to be known.</param>
/// <param name="post">Tells the worker.</param>
internal sealed class ContainerSlot(
    PodHost host, IPodSandbox sandbox, Container container, string? restartPolicy, ContainerFacts facts, Action<PodMessage> post)
{
    private volatile ContainerLog? _log;
    private volatile ContainerLog? _previousLog;
    private int _crashes;
    private int _setupFailures;
    private bool _fetching;

    public Container Container => container;

    public ContainerFacts Facts { get; private set; } = facts;

    /// <summary>The run that is under way, or null.</summary>
    public ContainerRun? Run { get; private set; }

    /// <summary>How the run that is under way ends.</summary>
    public Task<ContainerExit>? Exit { get; private set; }

    /// <summary>What the present or last run wrote. Null: it never ran.</summary>
    public ContainerLog? Log => _log;

    /// <summary>What the run before that wrote.</summary>
    public ContainerLog? PreviousLog => _previousLog;

    /// <summary>It has been its turn.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>It has ended and is not started again: well or badly.</summary>
    public bool IsOver => Run is null && Facts.State.Terminated is { } ended && !RestartRules.ShouldRestart(restartPolicy, ended.ExitCode);

    /// <summary>It has ended well and is not started again.</summary>
    public bool HasSucceeded => IsOver && Facts.State.Terminated!.ExitCode == 0;

    /// <summary>Starts the container once what it needs has been fetched, or notes why it cannot be started and when to try again.</summary>
    public async Task StartAsync(Pod pod, CancellationToken cancel)
    {
        HasBegun = true;
        if (_fetching) return;
        if (Facts.State.Waiting?.Reason == "PodInitializing") Facts = Facts with { State = ContainerFacts.Waiting("ContainerCreating") };
        var fetch = sandbox.Fetch(pod, container, cancel);
        if (fetch is { IsCompletedSuccessfully: false })
        {
            _fetching = true;
            _ = TellFetchedAsync(fetch);
            return;
        }
        await StartFetchedAsync(pod, cancel);
    }

    /// <summary>What it needs has been fetched, or cannot be had.</summary>
    public async Task FetchedAsync(Pod pod, ContainerSetupException? failure, CancellationToken cancel)
    {
        _fetching = false;
        if (failure is null) await StartFetchedAsync(pod, cancel);
        else HoldBack(pod, failure.Reason, failure.Message);
    }

    /// <summary>Notes the end of the present run and when the next begins, if there is to be one.</summary>
    public void Ended(Pod pod, ContainerExit exit, bool mayRestart)
    {
        Run!.Probing.Cancel();
        Run.Probing.Dispose();
        (Run, Exit) = (null, null);
        End(pod, exit, exit.Reason ?? RestartRules.Reason(exit.Code), exit.Message, mayRestart);
    }

    public void Judged(Pod pod, ProbeKind kind, ProbeAnswer answer)
    {
        if (!answer.Success)
            host.Warn(pod, "Unhealthy", $"{kind} probe failed: {answer.Message}");
        switch (kind)
        {
            case ProbeKind.Startup when answer.Success:
                Facts = Facts with { Started = true };
                Probe(pod, ProbeKind.Readiness, container.ReadinessProbe);
                Probe(pod, ProbeKind.Liveness, container.LivenessProbe);
                break;
            case ProbeKind.Readiness:
                Facts = Facts with { PassesReadiness = answer.Success };
                break;
            case ProbeKind.Startup:
            case ProbeKind.Liveness when !answer.Success:
                host.Warn(pod, "Killing", $"Container {container.Name} failed {kind} probe, will be restarted");
                _ = KillAsync(Run!, Grace(pod, kind));
                break;
        }
    }

    // A hook that is never run would leave a program believing that it was.
    private void RefuseHooks()
    {
        if (container.Lifecycle is { Text: not ("{}" or "null") })
            throw new ContainerSetupException(
                "CreateContainerConfigError",
                $"lifecycle of container \"{container.Name}\": postStart and preStop are not supported; SIGTERM comes after the last request is done");
    }

    private async Task StartFetchedAsync(Pod pod, CancellationToken cancel)
    {
        if (Run is not null) return;
        if (_log is null) FindOldLogs(pod);
        var ranBefore = Facts.State.Terminated is not null || Facts.LastState?.Terminated is not null;
        var restarts = Facts.RestartCount + (ranBefore ? 1 : 0);
        try
        {
            RefuseHooks();
            var start = new ContainerStart(
                pod, container, restarts, () => new ContainerLog(LogPath(pod, restarts), host.Time, host.Options.LogMaxBytes));
            Begin(pod, await sandbox.StartAsync(start, cancel), restarts);
        }
        catch (ContainerSetupException wrong) when (wrong.Reason != "StartError")
        {
            HoldBack(pod, wrong.Reason, wrong.Message);
        }
        catch (Exception failed) when (failed is ContainerSetupException or ProcessStartException or IOException or UnauthorizedAccessException)
        {
            Facts = Facts with { RestartCount = restarts };
            host.Warn(pod, "Failed", $"Error: {failed.Message}");
            End(pod, new ContainerExit(128, 0, host.Time.GetUtcNow()), "StartError", failed.Message, mayRestart: true);
        }
    }

    private async Task TellFetchedAsync(Task fetch)
    {
        ContainerSetupException? failure = null;
        try
        {
            await fetch;
        }
        catch (ContainerSetupException wrong)
        {
            failure = wrong;
        }
        catch (Exception e)
        {
            failure = new ContainerSetupException("CreateContainerError", e.Message);
        }
        post(new PodMessage.Fetched(this, failure));
    }

    private void Begin(Pod pod, ContainerRun run, int restarts)
    {
        Run = run;
        _previousLog = _log;
        _log = run.Log;
        _setupFailures = 0;
        Facts = Facts with
        {
            ImageId = run.ImageId,
            ContainerId = run.Id,
            RestartCount = restarts,
            LastState = Facts.State.Terminated is null ? Facts.LastState : Facts.State,
            State = new ContainerState { Running = new ContainerStateRunning { StartedAt = run.StartedAt.WholeSeconds() } },
            Started = container.StartupProbe is null,
            PassesReadiness = container.ReadinessProbe is null,
        };
        Exit = TellExitAsync(run);
        if (container.StartupProbe is not null)
        {
            Probe(pod, ProbeKind.Startup, container.StartupProbe);
        }
        else
        {
            Probe(pod, ProbeKind.Readiness, container.ReadinessProbe);
            Probe(pod, ProbeKind.Liveness, container.LivenessProbe);
        }
        // After the first question has been asked: what follows takes a moment, and nobody waits for it.
        ProcessMarks.Note(host.FolderOf(pod), container.Name, run.Process.Pid);
        if (restarts > 1) DeleteLog(LogPath(pod, restarts - 2));
    }

    private async Task<ContainerExit> TellExitAsync(ContainerRun run)
    {
        var exit = await LastWords.HearAsync(run, container, host.Time);
        post(new PodMessage.Exited(this, run, exit));
        return exit;
    }

    private void Probe(Pod pod, ProbeKind kind, Probe? probe)
    {
        if (probe is null || Run is not { } run) return;
        var target = new ProbeTarget(pod, container, sandbox.Address ?? PodStatusRules.Loopback, run.ExecAsync);
        _ = new ProbeLoop(host.Prober, host.Time) { Heard = host.ProbeHeard, Ports = host.PortWatch, Times = host.StartTimes }.RunAsync(
            kind, probe, target, answer => post(new PodMessage.Judged(this, run, kind, answer)), run.Probing.Token);
    }

    private void End(Pod pod, ContainerExit exit, string reason, string? message, bool mayRestart)
    {
        var startedAt = Facts.State.Running?.StartedAt;
        var ended = new ContainerState
        {
            Terminated = new ContainerStateTerminated
            {
                ExitCode = exit.Code, Signal = exit.Signal, Reason = reason, Message = message, StartedAt = startedAt,
                FinishedAt = exit.At.WholeSeconds(), ContainerID = Facts.State.Running is null ? null : Facts.ContainerId,
            },
        };
        Facts = Facts with { State = ended, Started = false, PassesReadiness = false };
        if (!mayRestart || !RestartRules.ShouldRestart(restartPolicy, exit.Code)) return;
        var ran = startedAt is { } since ? exit.At - since : TimeSpan.Zero;
        (_crashes, var wait) = RestartRules.Next(_crashes, ran, host.Options.CrashBackoff, host.Options.CrashBackoffReset);
        if (wait > TimeSpan.Zero)
        {
            var name = $"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";
            var why = $"back-off {(wait.TotalSeconds >= 60 ? $"{wait.TotalMinutes:0.#}m0s" : $"{wait.TotalSeconds:0.###}s")} restarting failed "
                + $"container={container.Name} pod={name}";
            host.Warn(pod, "BackOff", $"Back-off restarting failed container {container.Name} in pod {name}");
            Facts = Facts with { LastState = ended, State = ContainerFacts.Waiting("CrashLoopBackOff", why) };
        }
        _ = StartLaterAsync(wait);
    }

    /// <summary>Notes why it cannot be started now, and tries again later.</summary>
    public void HoldBack(Pod pod, string reason, string message)
    {
        HasBegun = true;
        _setupFailures++;
        if (_setupFailures == 1) host.Warn(pod, "Failed", message);
        // The kubelet's second word for an image that is not to be had: it is not being asked for at the moment.
        if (_setupFailures > 1 && reason == "ErrImagePull")
            (reason, message) = ("ImagePullBackOff", $"Back-off pulling image \"{container.Image}\": {message}");
        var last = Facts.State.Terminated is null ? Facts.LastState : Facts.State;
        Facts = Facts with { State = ContainerFacts.Waiting(reason, message), LastState = last, Started = false, PassesReadiness = false };
        _ = StartLaterAsync(host.Options.SetupBackoff.After(_setupFailures));
    }

    private async Task StartLaterAsync(TimeSpan wait)
    {
        if (wait > TimeSpan.Zero) await Task.Delay(wait, host.Time);
        post(new PodMessage.StartDue(this));
    }

    private async Task KillAsync(ContainerRun run, TimeSpan grace)
    {
        run.Terminate();
        if (await Task.WhenAny(run.Exited, Task.Delay(grace, host.Time)) != run.Exited) run.Kill();
    }

    private TimeSpan Grace(Pod pod, ProbeKind kind)
    {
        var probe = kind == ProbeKind.Startup ? container.StartupProbe : container.LivenessProbe;
        return TimeSpan.FromSeconds(probe?.TerminationGracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30);
    }

    private string LogPath(Pod pod, int restarts) => Path.Combine(host.FolderOf(pod), "logs", container.Name, $"{restarts}.log");

    /// <summary>Only the present run's log and the one before it can be asked for.</summary>
    private static void DeleteLog(string path)
    {
        File.Delete(path);
        File.Delete(path + ".1");
    }

    /// <summary>What earlier lives of the platform have left of this container's logs.</summary>
    private void FindOldLogs(Pod pod)
    {
        if (Facts.State.Terminated is null) return;
        var last = LogPath(pod, Facts.RestartCount);
        if (File.Exists(last)) _log = ContainerLog.Finished(last, host.Time);
    }
}
