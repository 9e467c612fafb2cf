using System.Threading.Channels;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Deployments;
using Kip.Runtime.Logs;
using Kip.Runtime.Pods.Slots;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Pods;

/// <summary>The life of one pod: start → probe → ready → watch → end. One owner with a mailbox; nobody else touches its state.</summary>
internal sealed partial class PodWorker : IDisposable
{
    private readonly Channel<PodMessage> _mailbox = Channel.CreateUnbounded<PodMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationTokenSource _noMoreStarts = new();
    private readonly PodHost _host;
    private readonly ILogger _logger;
    private readonly IPodSandbox _sandbox;
    private readonly PodContainers _containers;
    private readonly PodReporter _reporter;
    private readonly PodRemoval _removal;
    private Pod _pod;
    private PodEnding? _ending;
    private bool _stopping;
    private PodFailure? _failure;
    private bool _done;

    public PodWorker(PodHost host, Pod pod)
    {
        (_host, _logger, _pod) = (host, host.Logger, pod);
        _sandbox = host.NewSandbox(host, pod, why => Post(new PodMessage.Evicted(why)));
        _containers = new PodContainers(host, _sandbox, pod, Post);
        _reporter = new PodReporter(host, host.Time.GetUtcNow(), Post) { Written = pod.Status, Unschedulable = host.Room.Refusal(pod.Spec) };
        _removal = new PodRemoval(host);
        Requests = new PodRequestLog(host, pod);
        Completion = RunAsync();
    }

    /// <summary>Completes when the pod's containers have ended and the pod is gone from the API, or the platform stops.</summary>
    public Task Completion { get; }

    /// <summary>It has given up for a fault of its own; another may take the pod over.</summary>
    public bool HasFailed { get; private set; }

    public Pod Pod => Volatile.Read(ref _pod);

    public PodContainers Containers => _containers;

    /// <summary>What the gateway wrote of the pod's requests.</summary>
    public PodRequestLog Requests { get; }

    public void Post(PodMessage message) => _mailbox.Writer.TryWrite(message);

    /// <summary>Ends the wait for a graceful end: containers are killed.</summary>
    public void Hurry() => Post(new PodMessage.Hurry());

    public void Dispose()
    {
        _ending?.Dispose();
        _gone.Dispose();
        _noMoreStarts.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            await BeginAsync();
            while (!_done && await _mailbox.Reader.WaitToReadAsync())
            {
                while (_mailbox.Reader.TryRead(out var message)) await HandleAsync(message);
                if (_done) continue;
                await StartWhoseTurnItIsAsync();
                await ReportAsync();
            }
        }
        catch (Exception e)
        {
            HasFailed = true;
            LogBroken(e, _pod.Key);
            foreach (var run in _containers.Runs) run.Kill();
            await _sandbox.EndAsync(_pod);
        }
        finally
        {
            Requests.End();
            _mailbox.Writer.TryComplete();
            Dispose();
        }
    }

    private async Task BeginAsync()
    {
        if (_pod.IsTerminating)
        {
            BeginEnding();
            return;
        }
        if (_pod.IsFinished) return;
        if (_reporter.Unschedulable is { } why)
        {
            _host.Warn(_pod, "FailedScheduling", why, "default-scheduler");
            await ReportAsync();
            return;
        }
        if (_pod.Spec.ActiveDeadlineSeconds is { } seconds) _ = ExpireAsync(TimeSpan.FromSeconds(seconds));
        await StartWhoseTurnItIsAsync();
        await ReportAsync();
    }

    private async Task StartWhoseTurnItIsAsync()
    {
        if (_ending is not null || _pod.IsFinished || _reporter.Unschedulable is not null) return;
        ContainerSlot[] turn = [.. _containers.MayRun().Where(static s => !s.HasBegun && !s.IsOver)];
        if (turn.Length == 0 || !await PlaceAsync()) return;
        foreach (var slot in turn) await slot.StartAsync(_pod, _noMoreStarts.Token);
    }

    private async Task<bool> PlaceAsync()
    {
        try
        {
            if (await PodPlacement.PlaceAsync(_host, _sandbox, _pod, _containers.AnyRuns, _gone.Token) is not { } placed) return false;
            Volatile.Write(ref _pod, placed);
            return true;
        }
        catch (ContainerSetupException none)
        {
            foreach (var slot in _containers.MayRun().Where(static s => s.Run is null && !s.IsOver)) slot.HoldBack(_pod, none.Reason, none.Message);
            return false;
        }
    }

    private async Task HandleAsync(PodMessage message)
    {
        switch (message)
        {
            case PodMessage.Seen seen:
                See(seen.Pod);
                break;
            case PodMessage.Gone:
                _gone.Cancel();
                BeginEnding(TimeSpan.Zero);
                break;
            case PodMessage.Stop:
                _stopping = true;
                BeginEnding();
                break;
            case PodMessage.Exited exited when exited.Slot.Run == exited.Run:
                LogExited(_pod.Key, exited.Slot.Container.Name, exited.Exit.Code, exited.Exit.Signal);
                exited.Slot.Ended(_pod, exited.Exit, mayRestart: _ending is null);
                break;
            case PodMessage.Judged judged when judged.Slot.Run == judged.Run && _ending is null:
                judged.Slot.Judged(_pod, judged.Kind, judged.Answer);
                break;
            case PodMessage.Fetched fetched when _ending is null:
                await fetched.Slot.FetchedAsync(_pod, fetched.Failure, _noMoreStarts.Token);
                break;
            case PodMessage.StartDue due when due.Slot.Run is null && _ending is null && !_pod.IsFinished:
                if (await PlaceAsync()) await due.Slot.StartAsync(_pod, _noMoreStarts.Token);
                break;
            case PodMessage.Expired:
                _failure ??= PodFailure.Expired;
                BeginEnding();
                break;
            case PodMessage.Evicted evicted when !_pod.IsFinished:
                _host.Warn(_pod, "Evicted", evicted.Why);
                _failure ??= PodFailure.Evicted(evicted.Why);
                BeginEnding(TimeSpan.Zero);
                break;
            case PodMessage.Hurry:
                _ending?.Hurry(TimeSpan.Zero);
                break;
            case PodMessage.Ended:
                await FinishAsync();
                break;
        }
    }

    private void See(Pod pod)
    {
        if (pod.Metadata.Uid != _pod.Metadata.Uid) return;
        // Our own writes come back a moment later; an older one must not undo what a newer answer told us.
        if (pod.Metadata.DeletionTimestamp is null && _pod.Metadata.DeletionTimestamp is not null) return;
        Volatile.Write(ref _pod, pod with { Status = _reporter.Written ?? pod.Status });
        if (pod.IsTerminating) BeginEnding();
    }

    private void BeginEnding(TimeSpan? within = null)
    {
        var grace = within ?? TimeSpan.FromSeconds(_pod.Metadata.DeletionGracePeriodSeconds ?? _pod.Spec.TerminationGracePeriodSeconds ?? 30);
        if (_stopping && grace > _host.Options.StopGrace) grace = _host.Options.StopGrace;
        if (_ending is not null)
        {
            _ending.Hurry(grace);
            return;
        }
        _noMoreStarts.Cancel();
        _ending = new PodEnding(_host, _sandbox, _pod, grace);
        _ = EndAsync(_ending);
    }

    private async Task ExpireAsync(TimeSpan after)
    {
        var since = _pod.Status.StartTime ?? _host.Time.GetUtcNow();
        var wait = since + after - _host.Time.GetUtcNow();
        if (wait > TimeSpan.Zero) await Task.Delay(wait, _host.Time);
        Post(new PodMessage.Expired());
    }

    private async Task EndAsync(PodEnding ending)
    {
        // What runs now is all that will: no container is started once the ending has begun.
        await ending.RunAsync(_containers.Runs, drain: !_gone.IsCancellationRequested);
        Post(new PodMessage.Ended());
    }

    /// <summary>All containers are gone: say how they ended, then let the API forget the pod.</summary>
    private async Task FinishAsync()
    {
        // The containers' ends are in the mailbox already, or about to be.
        foreach (var slot in _containers.All)
            if (slot.Exit is { } exit) slot.Ended(_pod, await exit, mayRestart: false);
        await ReportAsync();
        // A pod that was ended before its time has ended but stays declared; it is kept until somebody deletes it.
        if (_failure is not null && !_stopping && !_pod.IsTerminating && !_gone.IsCancellationRequested)
        {
            _ending?.Dispose();
            _ending = null;
            return;
        }
        _done = true;
        if (!_pod.IsTerminating && !_gone.IsCancellationRequested) return;
        Requests.End();
        _removal.DeleteFolder(_pod);
        if (!_gone.IsCancellationRequested) await _removal.DeleteAsync(_pod, () => _stopping || _gone.IsCancellationRequested, _gone.Token);
    }

    private async Task ReportAsync()
    {
        if (_gone.IsCancellationRequested) return;
        var wasFinal = _reporter.IsFinal;
        Volatile.Write(ref _pod, await _reporter.ReportAsync(_pod, _sandbox.Address, _containers, _failure));
        // What ended for good needs neither address nor port any more.
        if (!wasFinal && _reporter.IsFinal && _ending is null) await _sandbox.EndAsync(_pod);
    }

    [LoggerMessage(601, LogLevel.Information, "Pod {pod}: container {container} ended with code {code}, signal {signal}")]
    private partial void LogExited(NamespacedName pod, string container, int code, int signal);

    [LoggerMessage(603, LogLevel.Error, "Pod {pod} is not looked after any more: its worker failed")]
    private partial void LogBroken(Exception e, NamespacedName pod);
}
