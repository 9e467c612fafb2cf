using Kip.Client.Informers;
using Microsoft.Extensions.Logging;

namespace Kip.Client.Loop;

/// <summary>Runs a set of reconcilers: one loop each over shared caches, started when the caches have synced, stopped before them.</summary>
public sealed class ControllerHost : IAsyncDisposable
{
    private readonly InformerSet _informers;
    private readonly EventRecorder _events;
    private readonly ReconcileLoop[] _loops;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Makes the loops; every reconciler names what it watches now.</summary>
    /// <param name="resources">Where the edits go.</param>
    /// <param name="informers">The caches; others may share them. The host starts and stops them.</param>
    /// <param name="reconcilers">One per kind.</param>
    /// <param name="time">The planners' clock and the queues' timer.</param>
    /// <param name="loggers">Each loop logs under its kind.</param>
    /// <param name="options">Null: the defaults.</param>
    public ControllerHost(
        IResources resources, InformerSet informers, IEnumerable<IReconciler> reconcilers, TimeProvider time, ILoggerFactory loggers,
        ReconcileLoopOptions? options = null)
    {
        _informers = informers;
        _events = new EventRecorder(resources, time, loggers);
        _loops = [.. reconcilers.Select(r =>
            new ReconcileLoop(r, resources, informers, _events, options ?? ReconcileLoopOptions.Default, time, loggers))];
    }

    public IReadOnlyList<ReconcileLoop> Loops => _loops;

    /// <summary>Starts the informers, waits until the caches are full, starts the loops.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await _informers.StartAsync(cancel);
        await _informers.WaitForSyncAsync(cancel);
        _running = Task.WhenAll([_events.RunAsync(_stop.Token), .. _loops.Select(loop => loop.RunAsync(_stop.Token))]);
    }

    /// <summary>Lets the attempts under way end, then stops the informers.</summary>
    public async Task StopAsync()
    {
        // Not CancelAsync: that would take the stop to the thread pool, and a one-thread simulation with it.
        _stop.Cancel();
        await _running;
        await _informers.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await StopAsync();
        foreach (var loop in _loops) loop.Dispose();
        _stop.Dispose();
    }
}
