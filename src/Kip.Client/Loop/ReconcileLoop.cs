using System.Collections.Concurrent;
using System.Threading.Channels;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Planning;
using Microsoft.Extensions.Logging;

namespace Kip.Client.Loop;

/// <summary>Runs one reconciler: a changed key is queued, planned, and its plan applied, until nothing is left to do.</summary>
/// <remarks>
/// The steps are <see cref="ReconcileAsync"/>: load → plan → apply → report. A key is planned only on caches that show what the loop itself wrote
/// for it before, so no edit is repeated. Every failure is retried with backoff.
/// </remarks>
public sealed partial class ReconcileLoop : IWatchBuilder, IDisposable
{
    // A key whose own writes have not come back yet is looked at again after this time if no change wakes it before.
    private static readonly TimeSpan ParkedLook = TimeSpan.FromSeconds(1);

    private readonly IReconciler _reconciler;
    private readonly EditApplier _applier;
    private readonly InformerSet _informers;
    private readonly EventRecorder _events;
    private readonly ReconcileLoopOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly LoopInstruments _instruments;
    private readonly OwnWrites _ownWrites = new();
    private readonly PutOffStatuses _putOff = new();
    private readonly Dictionary<KindDefinition, Informer> _watched = [];
    private readonly ConcurrentDictionary<NamespacedName, string> _failing = new();

    /// <summary>Makes the loop and lets the reconciler name what it watches. Start the informers after this.</summary>
    public ReconcileLoop(
        IReconciler reconciler, IResources resources, InformerSet informers, EventRecorder events, ReconcileLoopOptions options,
        TimeProvider time, ILoggerFactory loggers)
    {
        _reconciler = reconciler;
        _applier = new EditApplier(resources);
        _informers = informers;
        _events = events;
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger($"Kip.Loop.{reconciler.Kind.Kind}");
        _queue = new WorkQueue<NamespacedName>(time, options.Retry, options.QueueCapacity);
        _instruments = new(reconciler.Kind.Kind, () => _queue.Count);
        reconciler.Watch(this);
    }

    /// <summary>How many keys wait or are being worked on.</summary>
    public int QueueLength => _queue.Count;

    /// <summary>Works until cancelled; the informers must have synced. Completes when every attempt under way has ended.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var stop = cancel.Register(_queue.Complete);
        using var resync = _time.CreateTimer(_ => Resync(), null, NextResync(), NextResync());
        await Task.WhenAll(Enumerable.Range(0, _options.Workers).Select(_ => WorkAsync(cancel)).ToArray());
    }

    /// <summary>Looks at a key even though nothing changed.</summary>
    public void Enqueue(NamespacedName key)
    {
        if (_queue.Add(key)) _instruments.Added();
        else if (_queue.Count >= _options.QueueCapacity) LogQueueFull(_reconciler.Kind, _options.QueueCapacity, key);
    }

    public void Dispose()
    {
        _instruments.Dispose();
        _queue.Dispose();
    }

    IIndexer<T> IWatchBuilder.Own<T>() => Watch<T>(change => Enqueue(change.Key));

    IIndexer<T> IWatchBuilder.OwnedBy<T>(Func<T, T, bool>? matters) => Watch<T>(change =>
    {
        if (!Matters(change, matters)) return;
        var before = change.Old?.ControllerOwner(_reconciler.Kind);
        var now = change.New?.ControllerOwner(_reconciler.Kind);
        if (before is { } old) Enqueue(old);
        if (now is { } current && current != before) Enqueue(current);
    });

    IIndexer<T> IWatchBuilder.Related<T>(Func<T, IEnumerable<NamespacedName>> keys, Func<T, T, bool>? matters) => Watch<T>(change =>
    {
        if (!Matters(change, matters)) return;
        // Whoever was concerned before must learn that it no longer is.
        if (change.Old is not null)
            foreach (var key in keys(change.Old)) Enqueue(key);
        if (change.New is not null)
            foreach (var key in keys(change.New)) Enqueue(key);
    });

    private static bool Matters<T>(in ResourceChange<T> change, Func<T, T, bool>? matters) where T : Resource, IResource =>
        matters is null || change.Old is null || change.New is null || matters(change.Old, change.New);

    private IIndexer<T> Watch<T>(Action<ResourceChange<T>> handler) where T : Resource, IResource
    {
        var informer = _informers.Informer<T>();
        _watched[T.Definition] = informer;
        informer.Subscribe(change =>
        {
            foreach (var key in _ownWrites.Release(T.Definition, change.Key)) Enqueue(key);
            handler(change);
        });
        return informer.Indexer;
    }

    private async Task WorkAsync(CancellationToken cancel)
    {
        // Not on the caller's stack: what waits already would be worked off before the next worker or loop had begun.
        await Task.Yield();
        while (true)
        {
            NamespacedName key;
            try
            {
                key = await _queue.TakeAsync();
            }
            catch (ChannelClosedException)
            {
                return;
            }
            var began = _instruments.IsTimed ? _time.GetTimestamp() : 0;
            try
            {
                await ReconcileAsync(key, cancel);
            }
            finally
            {
                _queue.Done(key);
                if (began != 0) _instruments.Processed(_time.GetElapsedTime(began));
            }
        }
    }

    private async Task ReconcileAsync(NamespacedName key, CancellationToken cancel)
    {
        // 1. What this loop wrote for the key must be visible, or it would be written again.
        if (!_ownWrites.AreSeen(key))
        {
            _queue.AddAfter(key, ParkedLook);
            return;
        }
        var doing = new Doing();
        try
        {
            // 2. Load and plan: caches and clock in, edits and status out.
            var plan = _reconciler.Plan(key, _time.GetUtcNow());
            LogPlan(_reconciler.Kind, key, plan.Edits.Count);

            // 3. Apply the edits in order; 4. report.
            var self = await ApplyAsync(key, plan, doing, cancel);
            var later = await ReportAsync(key, plan, self, doing, cancel);
            Succeeded(key, Sooner(plan.RequeueAfter, later));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Stopping: the key is looked at when the loop runs again.
        }
        catch (Exception e)
        {
            Failed(key, e, doing.Edit);
        }
    }

    /// <returns>The reconciled object as the edits have left it. Null: they did not touch it.</returns>
    private async Task<Resource?> ApplyAsync(NamespacedName key, Plan plan, Doing doing, CancellationToken cancel)
    {
        Resource? self = null;
        for (var i = 0; i < plan.Edits.Count; i++)
        {
            var edit = plan.Edits[i];
            if (edit is Edit.Record record)
            {
                _events.Record(record, $"{_reconciler.Kind.Singular}-controller");
                continue;
            }
            doing.Edit = edit;
            if (await _applier.ApplyAsync(edit, cancel) is not { } stored) continue;
            Remember(key, edit, stored);
            if (stored.GetDefinition() == _reconciler.Kind && stored.Key == key) self = stored;
        }
        return self;
    }

    /// <returns>How long the status may still wait, if it does.</returns>
    private async Task<TimeSpan?> ReportAsync(NamespacedName key, Plan plan, Resource? self, Doing doing, CancellationToken cancel)
    {
        if (Unsaid(plan, self) is not { } status)
        {
            _putOff.Forget(key);
            return null;
        }
        if (plan.StatusWithin is { } within && _putOff.Left(key, within, _time.GetUtcNow()) is { } left) return left;
        // An edit of this very plan may have moved the object on: the status belongs to the version it made.
        if (self is not null) status = status with { Metadata = self.Metadata };
        var edited = new Edit.UpdateStatus(status);
        doing.Edit = edited;
        if (await _applier.ApplyAsync(edited, cancel) is { } written) Remember(key, edited, written);
        _putOff.Forget(key);
        return null;
    }

    private Resource? Unsaid(Plan plan, Resource? self)
    {
        if (plan.Status is not { } status) return null;
        var current = self ?? (_watched.TryGetValue(status.GetDefinition(), out var cache) ? cache.Objects.Get(status.Key) : null);
        return current is not null && ((IHasStatus)status).StatusEquals(current) ? null : status;
    }

    private static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;

    private void Remember(NamespacedName key, Edit edit, Resource stored)
    {
        if (!_watched.TryGetValue(stored.GetDefinition(), out var informer)) return;
        if (edit is Edit.Delete) _ownWrites.Deleted(key, informer, stored);
        else _ownWrites.Written(key, informer, stored);
    }

    private void Succeeded(NamespacedName key, TimeSpan? lookAgain)
    {
        _queue.Forget(key);
        if (!_failing.IsEmpty && _failing.TryRemove(key, out _)) LogRecovered(_reconciler.Kind, key);
        // The newest plan knows best when to look again, or that there is no need to.
        if (lookAgain is { } after) _queue.AddAfter(key, after);
        else _queue.CancelDelay(key);
    }

    private void Failed(NamespacedName key, Exception e, Edit? during)
    {
        _reconciler.Failed(key, e);
        var failures = _queue.AddAfterFailure(key);
        _instruments.Retried();
        if (e is ApiException { IsConflict: true } or ApiException { IsAlreadyExists: true } or ApiException { IsNotFound: true })
        {
            // Somebody else was faster; the change that tells of it is on its way, and the plan will be made anew.
            LogOvertaken(_reconciler.Kind, key, e.Message);
            return;
        }
        // A reason is told once; its repetitions only to those who look closely.
        var known = _failing.TryGetValue(key, out var reason) && reason == e.Message;
        _failing[key] = e.Message;
        if (!known) Tell(key, e, during);
        if (known) LogFailedAgain(_reconciler.Kind, key, failures, e.Message);
        else if (e is ApiException) LogFailed(null, _reconciler.Kind, key, e.Message);
        else LogFailed(e, _reconciler.Kind, key, e.Message);
    }

    // To whoever looks at the object: what could not be done for it, in Knative's reasons. Kubernetes' own kinds have Events of their own.
    private void Tell(NamespacedName key, Exception e, Edit? during)
    {
        if (!_reconciler.Kind.Group.EndsWith(".knative.dev", StringComparison.Ordinal)) return;
        if (!_watched.TryGetValue(_reconciler.Kind, out var cache) || cache.Objects.Get(key) is not { } about) return;
        var (reason, what) = during switch
        {
            Edit.Create create => ("CreationFailed", $"Failed to create {Describe(create.Object)}: "),
            Edit.Update update => ("UpdateFailed", $"Failed to update {Describe(update.Object)}: "),
            Edit.UpdateStatus update => ("UpdateFailed", $"Failed to update status for \"{update.Object.Metadata.Name}\": "),
            Edit.Delete delete => ("DeleteFailed", $"Failed to delete {Describe(delete.Object)}: "),
            _ => ("InternalError", ""),
        };
        _events.Record(new Edit.Record(about, "Warning", reason, what + e.Message), $"{_reconciler.Kind.Singular}-controller");
    }

    private static string Describe(Resource resource) => $"{resource.Kind} \"{resource.Metadata.Name}\"";

    private void Resync()
    {
        if (!_watched.TryGetValue(_reconciler.Kind, out var own)) return;
        NamespacedName[] keys = [.. own.Keys()];
        // Should the queue overflow, another part of the keys is left out each time.
        var first = (int)(_options.Random() * keys.Length);
        for (var i = 0; i < keys.Length; i++) Enqueue(keys[(first + i) % keys.Length]);
    }

    /// <summary>Which edit of a plan is being carried out.</summary>
    private sealed class Doing
    {
        public Edit? Edit { get; set; }
    }

    private TimeSpan NextResync() => _options.Resync * (1 + (_options.Random() / 10));

    [LoggerMessage(110, LogLevel.Debug, "{kind} {key}: the plan has {edits} edits")]
    private partial void LogPlan(KindDefinition kind, NamespacedName key, int edits);

    [LoggerMessage(111, LogLevel.Debug, "{kind} {key} was changed by someone else, planning again: {reason}")]
    private partial void LogOvertaken(KindDefinition kind, NamespacedName key, string reason);

    [LoggerMessage(112, LogLevel.Warning, "Reconciling {kind} {key} failed and will be tried again: {reason}")]
    private partial void LogFailed(Exception? e, KindDefinition kind, NamespacedName key, string reason);

    [LoggerMessage(113, LogLevel.Debug, "Reconciling {kind} {key} failed again ({failures} in a row): {reason}")]
    private partial void LogFailedAgain(KindDefinition kind, NamespacedName key, int failures, string reason);

    [LoggerMessage(114, LogLevel.Information, "Reconciling {kind} {key} works again")]
    private partial void LogRecovered(KindDefinition kind, NamespacedName key);

    [LoggerMessage(115, LogLevel.Error, "The queue of {kind} is full ({capacity} keys): {key} waits for the next resync")]
    private partial void LogQueueFull(KindDefinition kind, int capacity, NamespacedName key);
}
