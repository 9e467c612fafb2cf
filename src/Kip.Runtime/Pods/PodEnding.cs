using Kip.Resources;
using Kip.Resources.Core;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Pods;

/// <summary>Ends a pod's processes: no new requests, SIGTERM, and SIGKILL when the grace period is over. Nothing is left.</summary>
internal sealed partial class PodEnding : IDisposable
{
    // The kubelet leaves a program this long between SIGTERM and SIGKILL even if the drain has used up the grace period.
    private static readonly TimeSpan LeastAfterTerm = TimeSpan.FromSeconds(2);

    private readonly PodHost _host;
    private readonly Pod _pod;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _deadline;
    private DateTimeOffset _ends;
    private bool _forced;

    public PodEnding(PodHost host, Pod pod, TimeSpan grace)
    {
        (_host, _pod, _logger) = (host, pod, host.Logger);
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
        var exits = Task.WhenAll(runs.Select(static r => r.Process.Exited));
        foreach (var run in runs) run.Process.Terminate();
        if (inTime || _forced) await Task.WhenAny(exits, UntilDeadlineAsync());
        else await Task.WhenAny(exits, Task.Delay(LeastAfterTerm, _host.Time));
        foreach (var run in runs) run.Process.Kill();
        await exits;
        await EndLeftoversAsync();
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

    private async Task EndLeftoversAsync()
    {
        try
        {
            if (await _host.Leftovers.EndAsync(_pod.Metadata.Uid ?? "") is var left and > 0) LogLeftovers(_pod.Key, left);
        }
        catch (IOException e)
        {
            LogCleanUpFailed(_pod.Key, e.Message);
        }
    }

    [LoggerMessage(611, LogLevel.Warning, "Pod {pod}: requests were still under way when its grace period was over")]
    private partial void LogNotDrained(NamespacedName pod);

    [LoggerMessage(612, LogLevel.Warning, "Pod {pod}: draining failed; its processes are ended without it")]
    private partial void LogDrainFailed(Exception e, NamespacedName pod);

    [LoggerMessage(613, LogLevel.Information, "Pod {pod}: {count} processes outside its process group were ended")]
    private partial void LogLeftovers(NamespacedName pod, int count);

    [LoggerMessage(614, LogLevel.Error, "Pod {pod}: {reason}")]
    private partial void LogCleanUpFailed(NamespacedName pod, string reason);
}
