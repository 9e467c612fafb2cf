using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Runtime.Deployments;
using Kip.Runtime.Pods.Slots;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Pods;

/// <summary>Writes a pod's status when it has changed.</summary>
/// <param name="host">What all pods share.</param>
/// <param name="accepted">When the pod was taken on.</param>
/// <param name="post">Reminds the worker of what could not be written.</param>
internal sealed partial class PodReporter(PodHost host, DateTimeOffset accepted, Action<PodMessage> post)
{
    private readonly ILogger _logger = host.Logger;
    private PodStartup _startup = new() { Accepted = accepted };
    private int _failures;
    private bool _putOff;
    private volatile bool _isDue;

    /// <summary>Why the node cannot run the pod; null when it can.</summary>
    public string? Unschedulable { get; init; }

    /// <summary>The status that was written last; what the pod had when its worker began.</summary>
    public PodStatus? Written { get; set; }

    /// <summary>A pod that has ended for good does not change any more.</summary>
    public bool IsFinal => Written?.Phase is "Succeeded" or "Failed";

    /// <summary>Writes what is known now.</summary>
    /// <returns>The pod with the status that is stored.</returns>
    public async Task<Pod> ReportAsync(Pod pod, string? address, PodContainers containers, PodFailure? failure)
    {
        if (IsFinal) return pod;
        var next = Unschedulable is { } why ? PodStatusRules.Unschedulable(pod, why, host.Time.GetUtcNow()) : PodStatusRules.Next(
            pod, address, [.. containers.Init.Select(static s => s.Facts)], [.. containers.Main.Select(static s => s.Facts)], host.Time.GetUtcNow());
        if (failure is not null && !containers.AnyRuns) next = PodStatusRules.Failed(next, failure);
        next = next with { Startup = _startup = Startup(next, containers) };
        if (next == Written || MayWait(next)) return pod;
        try
        {
            // Nobody else writes a pod's status, so it need not be the version we saw; but it must be this pod.
            var stored = (Pod)await host.Resources.UpdateStatusAsync(
                pod with { Status = next, Metadata = pod.Metadata with { ResourceVersion = null } }, CancellationToken.None);
            Written = next;
            _failures = 0;
            return stored with { Status = next };
        }
        catch (ApiException gone) when (gone.IsNotFound)
        {
            // The cache will say so too.
        }
        catch (Exception failed)
        {
            LogWriteFailed(pod.Key, failed.Message);
            _ = WriteLaterAsync(PodHost.WriteRetry.After(++_failures));
        }
        return pod;
    }

    // That a program has been started is said with its being ready, if it is soon: until then the processors have better to do.
    private bool MayWait(PodStatus next)
    {
        if (_isDue || Written is not { Phase: "Pending", ContainerStatuses.IsEmpty: true } || next.Conditions.IsTrue("Ready")) return false;
        if (next.Phase != "Running" || next.ContainerStatuses.Any(static c => c.State?.Running is null || c.RestartCount > 0)) return false;
        if (!_putOff) _ = WriteLaterAsync(Plan.WhilePodsComeUp);
        return _putOff = true;
    }

    // Said once it is complete: what happens to the pod later is another story.
    private PodStartup Startup(PodStatus status, PodContainers containers) =>
        _startup.Ready is not null || !status.Conditions.IsTrue("Ready") ? _startup : _startup with
    {
        Started = containers.Main.Max(static s => s.Run?.StartedAt), Ready = host.Time.GetUtcNow(),
    };

    private async Task WriteLaterAsync(TimeSpan wait)
    {
        await Task.Delay(wait, host.Time);
        _isDue = true;
        post(new PodMessage.WriteDue());
    }

    [LoggerMessage(602, LogLevel.Warning, "Pod {pod}: writing to the API failed and will be tried again: {reason}")]
    private partial void LogWriteFailed(NamespacedName pod, string reason);
}
