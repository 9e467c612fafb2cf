using Kip.Resources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Client.Informers;

/// <summary>One cache per kind, shared by all who read it; each kind is watched once for the whole process.</summary>
/// <remarks>Ask for the caches first, then start. A kind asked for later is started at once.</remarks>
/// <param name="resources">Where to list and watch.</param>
/// <param name="time">Times the waits after failures.</param>
/// <param name="loggers">Null: nothing is logged.</param>
/// <param name="random">Numbers from 0 up to 1 that spread the retries. Null: the process's own.</param>
public sealed class InformerSet(IResources resources, TimeProvider time, ILoggerFactory? loggers = null, Func<double>? random = null)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<KindDefinition, Informer> _informers = [];
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<InformerSet>();
    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;
    private bool _started;
    private bool _disposed;

    /// <summary>The cache of a kind.</summary>
    public IIndexer<T> Get<T>() where T : Resource, IResource => Informer<T>().Indexer;

    /// <summary>The informer of a kind: its cache, its listeners, whether it has synced.</summary>
    public Informer<T> Informer<T>() where T : Resource, IResource
    {
        Informer<T> made;
        lock (_lock)
        {
            if (_informers.TryGetValue(T.Definition, out var present)) return (Informer<T>)present;
            made = new Informer<T>(resources, time, _random, _logger);
            _informers.Add(T.Definition, made);
            if (!_started) return made;
        }
        Start(made);
        return made;
    }

    /// <summary>Calls the handler for every change of a kind from now on, and first for all that is there, as added.</summary>
    /// <remarks>The handler must be quick and must not wait; see <see cref="Informers.Informer"/>.</remarks>
    public IDisposable Subscribe<T>(Action<ResourceChange<T>> handler) where T : Resource, IResource => Informer<T>().Subscribe(handler);

    /// <summary>Starts all informers. Does not wait for their first list: <see cref="WaitForSyncAsync"/> does.</summary>
    public Task StartAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        Informer[] all;
        lock (_lock)
        {
            if (_started) return Task.CompletedTask;
            _started = true;
            all = [.. _informers.Values];
        }
        foreach (var informer in all) Start(informer);
        return Task.CompletedTask;
    }

    /// <summary>Completes when every kind asked for so far has been listed and its listeners have been told.</summary>
    public Task WaitForSyncAsync(CancellationToken cancel)
    {
        Informer[] all;
        lock (_lock) all = [.. _informers.Values];
        return Task.WhenAll(all.Select(informer => informer.WaitForSyncAsync(cancel)));
    }

    /// <summary>Stops watching; the caches keep their last content.</summary>
    public async Task StopAsync()
    {
        // Not CancelAsync: that would take the stop to the thread pool, and a one-thread simulation with it.
        _stop.Cancel();
        Task[] running;
        lock (_lock) running = [.. _running];
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await StopAsync();
        _stop.Dispose();
    }

    private void Start(Informer informer)
    {
        var run = informer.RunAsync(_stop.Token);
        lock (_lock) _running.Add(run);
    }
}
