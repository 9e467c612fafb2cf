using System.Collections.Immutable;
using System.Threading.Channels;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Deployments;
using Kip.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Pods;

/// <summary>The life of one pod: start → probe → ready → watch → end. One owner with a mailbox; nobody else touches its state.</summary>
internal sealed partial class PodWorker : IDisposable
{
    private static readonly Backoff WriteRetry = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));

    private readonly Channel<PodMessage> _mailbox = Channel.CreateUnbounded<PodMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _gone = new();
    private readonly PodHost _host;
    private readonly ILogger _logger;
    private Pod _pod;
    private ImmutableArray<ContainerSlot> _slots = [];
    private PodEnding? _ending;
    private PodStatus? _written;
    private int? _port;
    private int _writeFailures;
    private bool _stopping;
    private bool _expired;
    private bool _done;
    private PodStartup _startup;

    public PodWorker(PodHost host, Pod pod)
    {
        _host = host;
        _logger = host.Logger;
        _pod = pod;
        _startup = new PodStartup { Accepted = host.Time.GetUtcNow() };
        Completion = RunAsync();
    }

    /// <summary>Completes when the pod's processes have ended and the pod is gone from the API, or the platform stops.</summary>
    public Task Completion { get; }

    /// <summary>It has given up for a fault of its own; another may take the pod over.</summary>
    public bool HasFailed { get; private set; }

    public Pod Pod => Volatile.Read(ref _pod);

    public ImmutableArray<ContainerSlot> Slots => _slots;

    public void Post(PodMessage message) => _mailbox.Writer.TryWrite(message);

    /// <summary>Ends the wait for a graceful end: processes are killed.</summary>
    public void Hurry() => Post(new PodMessage.Hurry());

    public void Dispose()
    {
        _ending?.Dispose();
        _gone.Dispose();
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
                if (!_done) await ReportAsync();
            }
        }
        catch (Exception e)
        {
            HasFailed = true;
            LogBroken(e, _pod.Key);
            foreach (var slot in _slots) slot.Run?.Process.Kill();
        }
        finally
        {
            _mailbox.Writer.TryComplete();
            if (_port is { } port) _host.Ports.Release(port);
            Dispose();
        }
    }

    private async Task BeginAsync()
    {
        _slots = [.. _pod.Spec.Containers.Select(c => new ContainerSlot(
            _host, c, RestartRules.AfterPlatformRestart(c, _pod.Status.ContainerStatuses.FirstOrDefault(s => s.Name == c.Name)), Post))];
        _written = _pod.Status;
        if (_pod.IsTerminating)
        {
            BeginEnding();
            return;
        }
        if (_pod.IsFinished) return;
        if (_pod.Spec.ActiveDeadlineSeconds is { } seconds) _ = ExpireAsync(TimeSpan.FromSeconds(seconds));
        if (await PlaceAsync())
            foreach (var slot in _slots) await slot.ResumeAsync(_pod, _gone.Token);
        await ReportAsync();
    }

    /// <summary>Gives the pod its node and its port, if it has none yet: one made by hand, or one whose port another took meanwhile.</summary>
    private async Task<bool> PlaceAsync()
    {
        var needsPort = ServingPort.Container(_pod.Spec) is not null && !ServingPort.IsFixed(_pod.Metadata);
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            var given = ServingPort.Given(_pod);
            var keeps = !needsPort || (given is { } port && Hold(port));
            if (keeps && !string.IsNullOrEmpty(_pod.Spec.NodeName)) return true;
            var annotations = _pod.Metadata.Annotations;
            try
            {
                if (!keeps) annotations = annotations.With(ServingPort.Annotation, _host.Ports.Next().ToString());
                _pod = (Pod)await _host.Resources.UpdateAsync(_pod with
                {
                    Metadata = _pod.Metadata with { Annotations = annotations },
                    Spec = _pod.Spec with { NodeName = _host.Options.NodeName },
                }, _gone.Token);
            }
            catch (ApiException overtaken) when (overtaken.IsConflict)
            {
                if (await _host.Resources.GetAsync<Pod>(_pod.Key, _gone.Token) is not { } fresh) return false;
                _pod = fresh;
            }
            catch (ApiException gone) when (gone.IsNotFound)
            {
                return false;
            }
            catch (PortsExhaustedException none)
            {
                foreach (var slot in _slots.Where(static s => s.Run is null)) slot.HoldBack(_pod, "CreateContainerConfigError", none.Message);
                return false;
            }
        }
        throw new InvalidOperationException("the API does not keep the pod's node and port");
    }

    private bool Hold(int port)
    {
        // Ours already; whether somebody listens there matters only when no process of ours may.
        if (_port == port && (_slots.Any(static s => s.Run is not null) || PortAllocator.IsFree(port))) return true;
        if (!PortAllocator.IsFree(port) || !_host.Ports.TryHold(port)) return false;
        if (_port is { } former) _host.Ports.Release(former);
        _port = port;
        return true;
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
            case PodMessage.StartDue due when due.Slot.Run is null && _ending is null && !_pod.IsFinished:
                if (await PlaceAsync()) await due.Slot.StartAsync(_pod, _gone.Token);
                break;
            case PodMessage.Expired:
                _expired = true;
                BeginEnding();
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
        Volatile.Write(ref _pod, pod with { Status = _written ?? pod.Status });
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
        _ending = new PodEnding(_host, _pod, grace);
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
        await ending.RunAsync([.. _slots.Select(static s => s.Run).OfType<ContainerRun>()], drain: !_gone.IsCancellationRequested);
        Post(new PodMessage.Ended());
    }

    /// <summary>All processes are gone: say how they ended, then let the API forget the pod.</summary>
    private async Task FinishAsync()
    {
        // The processes' ends are in the mailbox already, or about to be.
        foreach (var slot in _slots)
            if (slot.Run is { } run) slot.Ended(_pod, await run.Process.Exited, mayRestart: false);
        await ReportAsync();
        // A pod whose time ran out has ended but stays declared; it is kept until somebody deletes it.
        if (_expired && !_stopping && !_pod.IsTerminating && !_gone.IsCancellationRequested)
        {
            _ending?.Dispose();
            _ending = null;
            return;
        }
        _done = true;
        if (!_pod.IsTerminating && !_gone.IsCancellationRequested) return;
        DeleteFolder();
        if (!_gone.IsCancellationRequested) await DeleteAsync();
    }

    private void DeleteFolder()
    {
        try
        {
            Directory.Delete(_host.FolderOf(_pod), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // It never got as far as having one.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotDeleted(_pod.Key, _host.FolderOf(_pod), e.Message);
        }
    }

    private async Task DeleteAsync()
    {
        var options = new DeleteOptions { GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = _pod.Metadata.Uid } };
        for (var failures = 1; ; failures++)
        {
            try
            {
                await _host.Resources.DeleteAsync(Pod.Definition, _pod.Key, options, _gone.Token);
                return;
            }
            catch (ApiException gone) when (gone.IsNotFound || gone.IsConflict)
            {
                return;
            }
            catch (Exception failed) when (failed is not OperationCanceledException && !_stopping)
            {
                LogWriteFailed(_pod.Key, failed.Message);
                await Task.Delay(WriteRetry.After(failures), _host.Time);
            }
            catch (Exception) when (_stopping || _gone.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ReportAsync()
    {
        // A pod that has ended for good does not change any more.
        if (_gone.IsCancellationRequested || _written?.Phase is "Succeeded" or "Failed") return;
        var next = PodStatusRules.Next(_pod, [.. _slots.Select(static s => s.Facts)], _host.Time.GetUtcNow());
        if (_expired && _slots.All(static s => s.Run is null)) next = PodStatusRules.Expired(next);
        next = next with { Startup = _startup = Startup(next) };
        if (next == _written) return;
        try
        {
            // Nobody else writes a pod's status, so it need not be the version we saw; but it must be this pod.
            var stored = (Pod)await _host.Resources.UpdateStatusAsync(
                _pod with { Status = next, Metadata = _pod.Metadata with { ResourceVersion = null } }, CancellationToken.None);
            _written = next;
            _writeFailures = 0;
            Volatile.Write(ref _pod, stored with { Status = next });
        }
        catch (ApiException gone) when (gone.IsNotFound)
        {
            // The cache will say so too.
        }
        catch (Exception failed)
        {
            LogWriteFailed(_pod.Key, failed.Message);
            _ = WriteLaterAsync(WriteRetry.After(++_writeFailures));
        }
    }

    // Said once it is complete: what happens to the pod later is another story.
    private PodStartup Startup(PodStatus status) => _startup.Ready is not null || !IsReady(status) ? _startup : _startup with
    {
        Started = _slots.Max(static s => s.Run?.Process.StartedAt), Ready = _host.Time.GetUtcNow(),
    };

    private static bool IsReady(PodStatus status) => status.Conditions.Any(static c => c is { Type: "Ready", Status: ConditionStatus.True });

    private async Task WriteLaterAsync(TimeSpan wait)
    {
        await Task.Delay(wait, _host.Time);
        Post(new PodMessage.WriteDue());
    }

    [LoggerMessage(601, LogLevel.Information, "Pod {pod}: container {container} ended with code {code}, signal {signal}")]
    private partial void LogExited(NamespacedName pod, string container, int code, int signal);

    [LoggerMessage(602, LogLevel.Warning, "Pod {pod}: writing to the API failed and will be tried again: {reason}")]
    private partial void LogWriteFailed(NamespacedName pod, string reason);

    [LoggerMessage(604, LogLevel.Warning, "Pod {pod}: its folder {folder} could not be deleted: {reason}")]
    private partial void LogNotDeleted(NamespacedName pod, string folder, string reason);

    [LoggerMessage(603, LogLevel.Error, "Pod {pod} is not looked after any more: its worker failed")]
    private partial void LogBroken(Exception e, NamespacedName pod);
}
