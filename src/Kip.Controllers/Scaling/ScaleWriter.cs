using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;
using Microsoft.Extensions.Logging;

namespace Kip.Controllers.Scaling;

/// <summary>Sets the replicas of Deployments without making the autoscaler wait: one write per Deployment at a time, the newest number last.</summary>
/// <remarks>A write that fails is not repeated here: the PodAutoscaler's reconciler sees the difference and mends it, with backoff.</remarks>
internal sealed partial class ScaleWriter(IResources resources, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, int> _underWay = [];

    /// <summary>Begins to set the replicas; returns at once when the write has to wait.</summary>
    public void Write(NamespacedName deployment, int replicas, CancellationToken cancel)
    {
        lock (_lock)
        {
            var isBusy = _underWay.ContainsKey(deployment);
            _underWay[deployment] = replicas;
            if (isBusy) return;
        }
        _ = RunAsync(deployment, replicas, cancel);
    }

    // Never throws: nobody waits for it.
    private async Task RunAsync(NamespacedName deployment, int replicas, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await resources.ScaleAsync(Deployment.Definition, deployment, replicas, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Stopping; what was not set is set after the next start.
            }
            catch (Exception e)
            {
                LogFailed(deployment, replicas, e.Message);
            }
            lock (_lock)
            {
                if (_underWay[deployment] == replicas || cancel.IsCancellationRequested)
                {
                    _underWay.Remove(deployment);
                    return;
                }
                replicas = _underWay[deployment];
            }
        }
    }

    [LoggerMessage(510, LogLevel.Warning, "Setting deployment {deployment} to {replicas} replicas failed, its reconciler tries again: {reason}")]
    private partial void LogFailed(NamespacedName deployment, int replicas, string reason);
}
