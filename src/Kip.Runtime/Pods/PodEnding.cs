using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods.Slots;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Pods;

/// <summary>Ends a pod's containers: no new requests, SIGTERM, and SIGKILL when the grace period is over. Nothing is left.</summary>
internal sealed partial class PodEnding : IDisposable
{
    // The kubelet leaves a program this long between SIGTERM and SIGKILL even if the drain has used up the grace period.
    private static readonly TimeSpan LeastAfterTerm = TimeSpan.FromSeconds(2);

    private readonly PodHost _host;
    private readonly IPodSandbox _sandbox;
    private readonly Pod _pod;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _deadline;
    private DateTimeOffset _ends;
    private bool _forced;

    public PodEnding(PodHost host, IPodSandbox sandbox, Pod pod, TimeSpan grace)
    {
        (_host, _sandbox, _pod, _logger) = (host, sandbox, pod, host.Logger);
        _ends = host.Time.GetUtcNow() + grace;
        _deadline = new CancellationTokenSource(grace, host.Time);
    }

    /// <summary>Brings the deadline forward. It never moves back.</summary>
    public void Hurry(TimeSpan grace)
    {
        var ends = _host.Time.GetUtcNow() + grace;
        if (ends >= _ends) return;
        _ends = ends;
        _forced |= grace <= TimeSpan.Zero;
        if (_forced) _deadline.Cancel();
        else _deadline.CancelAfter(grace);
    }

    /// <summary>Completes when no process of the pod is left.</summary>
    public async Task RunAsync(ContainerRun[] runs, bool drain)
    {
        foreach (var run in runs) run.Probing.Cancel();
        var inTime = !drain || runs.Length == 0 || await DrainAsync();
        var exits = Task.WhenAll(runs.Select(static r => r.Exited));
        foreach (var run in runs) run.Terminate();
        if (inTime || _forced) await Task.WhenAny(exits, UntilDeadlineAsync());
        else await Task.WhenAny(exits, Task.Delay(LeastAfterTerm, _host.Time));
        foreach (var run in runs) run.Kill();
        await exits;
        await _sandbox.EndAsync(_pod);
    }

    public void Dispose() => _deadline.Dispose();

    private Task UntilDeadlineAsync()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _deadline.Token.Register(static state => ((TaskCompletionSource)state!).TrySetResult(), over);
        return over.Task;
    }

    /// <summary>False when the grace period was over first.</summary>
    private async Task<bool> DrainAsync()
    {
        if (_host.Drain is not { } gateway) return true;
        try
        {
            await gateway.DrainAsync(_pod.Key, _pod.Metadata.Uid ?? "", _deadline.Token);
            return true;
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested)
        {
            LogNotDrained(_pod.Key);
            return false;
        }
        catch (Exception e)
        {
            LogDrainFailed(e, _pod.Key);
            return true;
        }
    }

    [LoggerMessage(611, LogLevel.Warning, "Pod {pod}: requests were still under way when its grace period was over")]
    private partial void LogNotDrained(NamespacedName pod);

    [LoggerMessage(612, LogLevel.Warning, "Pod {pod}: draining failed; its containers are ended without it")]
    private partial void LogDrainFailed(Exception e, NamespacedName pod);
}
