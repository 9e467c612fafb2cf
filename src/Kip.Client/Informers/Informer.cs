using System.Collections.Immutable;
using Kip.Resources;
using Microsoft.Extensions.Logging;

namespace Kip.Client.Informers;

/// <summary>Keeps a cache of one kind up to date and tells listeners what changed: list once, watch from there, list again when the place is lost.</summary>
/// <remarks>
/// Listeners are called one change at a time and outside all locks, mostly on the thread that reads the watch: they must be quick and must not
/// wait. By the time they are called the cache holds the change.
/// </remarks>
public abstract partial class Informer
{
    private static readonly Backoff Retry = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IResources _resources;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly ILogger _logger;
    private ImmutableArray<Subscription> _subscriptions = [];
    private volatile string? _version;

    private protected Informer(
        KindDefinition kind, Func<int, Resource[]> makeArray, IResources resources, TimeProvider time, Func<double> random, ILogger logger)
    {
        Kind = kind;
        Objects = new(makeArray);
        _resources = resources;
        _time = time;
        _random = random;
        _logger = logger;
    }

    public KindDefinition Kind { get; }

    /// <summary>Whether the first list has been taken in and its listeners have been called.</summary>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    public Task WaitForSyncAsync(CancellationToken cancel) => _synced.Task.WaitAsync(cancel);

    internal ObjectIndex Objects { get; }

    internal IEnumerable<NamespacedName> Keys() => Objects.List().Select(static item => item.Key);

    /// <summary>Whether a write of this object that gave this version is in the cache, or overtaken by a later one.</summary>
    internal bool HasSeen(NamespacedName name, string version) =>
        ResourceVersions.IsAtLeast(_version ?? "", version)
        || (Objects.Get(name) is { } cached && ResourceVersions.IsAtLeast(cached.Metadata.ResourceVersion, version));

    private protected IDisposable Subscribe(Action<Resource?, Resource?> handler)
    {
        var subscription = new Subscription(handler, e => LogHandlerFailed(e, Kind));
        lock (_lock)
        {
            foreach (var item in Objects.List()) subscription.Enqueue(null, item);
            _subscriptions = _subscriptions.Add(subscription);
        }
        subscription.Deliver();
        return new Unsubscriber(this, subscription);
    }

    /// <summary>Lists and watches until cancelled. Never throws.</summary>
    internal async Task RunAsync(CancellationToken cancel)
    {
        var failures = 0;
        while (!cancel.IsCancellationRequested)
        {
            var before = _version;
            var relist = false;
            try
            {
                if (before is null) await ListAsync(cancel);
                await WatchAsync(cancel);
            }
            catch (Exception) when (cancel.IsCancellationRequested)
            {
                // However a stop shows, as a cancelled call or as a connection that breaks, it is no failure.
                return;
            }
            catch (ApiException e) when (e.IsExpired)
            {
                LogExpired(Kind, _version);
                _version = null;
                relist = true;
            }
            catch (Exception e)
            {
                LogFailed(e, Kind, e.Message);
            }
            // A watch that got somewhere may be resumed at once; one that ends or fails again and again is asked for ever more rarely.
            failures = _version is not null && _version != before ? 0 : failures + 1;
            if (failures == 0 || (relist && failures == 1)) continue;
            try
            {
                await Task.Delay(Retry.After(failures, _random()), _time, cancel);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ListAsync(CancellationToken cancel)
    {
        var list = await _resources.ListAsync(Kind, ListOptions.All, cancel);
        var present = new HashSet<NamespacedName>(list.Items.Count);
        foreach (var item in list.Items)
        {
            present.Add(item.Key);
            Put(item);
        }
        // What went while nobody watched: told as deleted, in its last known state.
        foreach (var item in Objects.List())
            if (!present.Contains(item.Key)) Remove(item);
        _version = list.ResourceVersion;
        _synced.TrySetResult();
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        var options = new ListOptions { ResourceVersion = _version, AllowBookmarks = true };
        await foreach (var step in _resources.WatchAsync(Kind, options, cancel))
        {
            var version = step.Object.Metadata.ResourceVersion;
            if (step.Type == WatchEventType.Bookmark) _version = version;
            else if (step.Type == WatchEventType.Deleted) Remove(step.Object, version);
            else Put(step.Object, version);
        }
    }

    private void Put(Resource item, string? version = null)
    {
        var cached = Objects.Get(item.Key);
        if (cached is not null && cached.Metadata.Uid != item.Metadata.Uid)
        {
            // Another object of the same name: the first one went without our seeing it.
            Remove(cached);
            cached = null;
        }
        if (cached is not null && cached.Metadata.ResourceVersion == item.Metadata.ResourceVersion)
        {
            _version = version ?? _version;
            return;
        }
        Tell(item, gone: null, version);
    }

    private void Remove(Resource last, string? version = null)
    {
        if (Objects.Get(last.Key) is null) _version = version ?? _version;
        else Tell(item: null, last, version);
    }

    private void Tell(Resource? item, Resource? gone, string? version)
    {
        ImmutableArray<Subscription> listeners;
        lock (_lock)
        {
            // Cache and queues change together, so that a new listener neither misses a change nor gets it twice.
            var old = item is null ? gone : Objects.Put(item);
            if (gone is not null) Objects.Remove(gone.Key);
            _version = version ?? _version;
            listeners = _subscriptions;
            foreach (var listener in listeners) listener.Enqueue(old, item);
        }
        foreach (var listener in listeners) listener.Deliver();
    }

    private sealed class Unsubscriber(Informer informer, Subscription subscription) : IDisposable
    {
        public void Dispose()
        {
            lock (informer._lock) informer._subscriptions = informer._subscriptions.Remove(subscription);
            subscription.End();
        }
    }

    [LoggerMessage(100, LogLevel.Warning, "Watching {kind} failed and will be tried again: {reason}")]
    private partial void LogFailed(Exception e, KindDefinition kind, string reason);

    [LoggerMessage(101, LogLevel.Information, "The server has forgotten version {version} of {kind}; listing again")]
    private partial void LogExpired(KindDefinition kind, string? version);

    [LoggerMessage(102, LogLevel.Error, "A listener for changes of {kind} threw; it misses this change")]
    private partial void LogHandlerFailed(Exception e, KindDefinition kind);
}
