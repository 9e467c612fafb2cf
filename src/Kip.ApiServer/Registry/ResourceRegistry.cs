using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Registry.Loops;
using Kip.ApiServer.Registry.Quotas;
using Kip.ApiServer.CustomResources;
using Kip.ApiServer.Security.Authorization;
using Kip.ApiServer.Storage;
using Kip.ApiServer.Webhooks;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;
using Kip.Rules.Admission;

namespace Kip.ApiServer.Registry;

/// <summary>The verbs of the API on objects: what may be stored, what is answered, in Kubernetes' semantics. Thread-safe.</summary>
/// <remarks>
/// A write shows in reads and watches at once, and is ordered behind every write before it. Only a <see cref="RequestContext.Durable"/>
/// caller waits until it is on disk; failures are <see cref="ApiException"/>s. A durable write that fails for the disk's sake after it
/// was applied stays in memory and is written when the disk takes writes again: its outcome is unknown to the caller, as after a time-out.
/// </remarks>
public sealed class ResourceRegistry : IAsyncDisposable
{
    private static readonly string[] OwnNamespaces = ["default", "kube-system", PlatformConfig.SystemNamespace, EventingNames.SystemNamespace];

    private readonly Store _store;
    private readonly ResourceReader _reader;
    private readonly ResourceWatcher _watcher;
    private readonly ResourceWriter _writer;
    private readonly ResourceRemover _remover;
    private readonly WebhookClient _webhooks;
    private readonly WebhookWrites _writes;
    private readonly RegistryLoops _loops;

    private ResourceRegistry(Store store, ResourceRegistryOptions options, TimeProvider time)
    {
        (_store, Kinds, Access) = (store, options.Kinds.Over(store), new Authorizer(store));
        var custom = new CustomAdmission(store, Kinds, time);
        _reader = new ResourceReader(store);
        _watcher = new ResourceWatcher(store, time, options.BookmarkPeriod);
        var limits = new NamespaceLimits(store, plural => Kinds.All.FirstOrDefault(k => k.QualifiedPlural == plural));
        var turns = new WriteTurns();
        _writer = new ResourceWriter(store, new AdmissionGate(store), new EscalationGate(Access), custom, limits, turns, time, options);
        _remover = new ResourceRemover(store, _writer, custom, turns, time);
        _webhooks = new WebhookClient(options.Services, time);
        _writes = new WebhookWrites(store, _writer, _remover, new WebhookAdmission(store, Kinds, _webhooks, options.NewUid, options.Logger));
        _loops = new RegistryLoops(store, _writer, _remover, Kinds, custom, limits, time, options);
    }

    /// <summary>The kinds that are served.</summary>
    public KindCatalog Kinds { get; }

    /// <summary>Says who may do what.</summary>
    public Authorizer Access { get; }

    /// <summary>What opening the store found; null when it is in memory.</summary>
    public StoreRecovery? Recovered => _store.Recovered;

    /// <summary>The version of the latest change.</summary>
    public string ResourceVersion => ResourceReader.Text(_store.Version);

    /// <summary>Opens the store, and makes the namespaces that always exist.</summary>
    /// <exception cref="StoreException">The folder is another process's, of a newer Kip, or damaged.</exception>
    public static async Task<ResourceRegistry> OpenAsync(StoreOptions store, ResourceRegistryOptions options, TimeProvider time, CancellationToken cancel)
    {
        var recovered = new RecoveredKinds(options.Kinds);
        var opened = Store.Open(store, time, recovered.Find, options.Logger);
        try
        {
            var registry = Over(opened, options, time);
            recovered.Bind(opened, registry.Kinds.Now.Custom, options.Logger);
            await registry.FlushedAsync(cancel);
            return registry;
        }
        catch (Exception e) when (e is ApiException or StoreException)
        {
            await opened.DisposeAsync();
            throw e as StoreException ?? new StoreException(e.Message, e);
        }
    }

    /// <summary>A registry that keeps everything in memory; every task it returns is already complete.</summary>
    public static ResourceRegistry InMemory(TimeProvider time, ResourceRegistryOptions? options = null, StoreOptions? store = null) =>
        Over(Store.InMemory(store ?? new(), time), options ?? new(), time);

    /// <summary>Runs garbage collection, the namespaces' life, the expiry of Events and the store's upkeep until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => _loops.RunAsync(cancel);

    /// <summary>Reads one object. Null when there is none.</summary>
    public Resource? Get(KindDefinition kind, NamespacedName name) => _store.Get(new ObjectId(kind, name));

    /// <summary>Reads the objects that the options choose, ordered by namespace and name.</summary>
    /// <exception cref="ApiException">A selector or continue token is malformed (400), or the token's version is forgotten (410 Expired).</exception>
    public ResourceList List(KindDefinition kind, ListOptions options) => _reader.List(kind, options);

    /// <summary>Follows changes in order: after <see cref="ListOptions.ResourceVersion"/>, or first the state of now as <c>ADDED</c>.</summary>
    /// <exception cref="ApiException">
    /// At once: a selector is malformed (400), the version is forgotten (410 Expired) or still to come (504). Later: the reader was too slow
    /// (410 Expired).
    /// </exception>
    public IAsyncEnumerable<WatchEvent> Watch(KindDefinition kind, ListOptions options, WatchOptions watch, CancellationToken cancel) =>
        _watcher.Watch(kind, options, watch, cancel);

    /// <summary>The same for those who only choose whether the state of now comes first in any case.</summary>
    /// <inheritdoc cref="Watch(KindDefinition, ListOptions, WatchOptions, CancellationToken)"/>
    public IAsyncEnumerable<WatchEvent> Watch(KindDefinition kind, ListOptions options, bool sendInitialEvents, CancellationToken cancel) =>
        Watch(kind, options, new WatchOptions(sendInitialEvents ? true : null), cancel);

    /// <summary>Stores a new object, and returns it as stored.</summary>
    public async Task<Resource> CreateAsync(Resource resource, RequestContext context, CancellationToken cancel)
    {
        var written = await _writes.CreateAsync(resource, context, cancel);
        await EndAsync(context, written.Place, cancel);
        return written.Object;
    }

    /// <summary>Replaces an object (subresource null), its status half (<c>status</c>), or its replicas (<c>scale</c>).</summary>
    public Task<Resource> UpdateAsync(Resource resource, string? subresource, RequestContext context, CancellationToken cancel) =>
        ModifyAsync(resource.GetDefinition(), resource.Key, subresource, _ => resource, context, cancel);

    /// <summary>Reads, changes and writes an object; begins again when it was changed meanwhile, unless the change itself set a resourceVersion.</summary>
    /// <param name="change">
    /// Gets the stored object, returns the wanted one. May be called more than once. A resourceVersion or uid in what it returns that is
    /// not the stored one's is a Conflict.
    /// </param>
    public async Task<Resource> ModifyAsync(
        KindDefinition kind, NamespacedName name, string? subresource, Func<Resource, Resource> change, RequestContext context,
        CancellationToken cancel)
    {
        var written = await _writes.ModifyAsync(kind, name, subresource, change, context, cancel);
        await EndAsync(context, written.Place, cancel);
        return written.Object;
    }

    /// <summary>Makes an object, or reads, changes and writes it: server-side apply.</summary>
    /// <param name="change">
    /// Gets the stored object or null, returns the wanted one, managed fields included. May be called more than once.
    /// </param>
    public async Task<(Resource Object, bool IsNew)> ApplyAsync(
        KindDefinition kind, NamespacedName name, string? subresource, Func<Resource?, Resource> change, RequestContext context, CancellationToken cancel)
    {
        var (written, isNew) = await _writes.ApplyAsync(kind, name, subresource, change, context, cancel);
        await EndAsync(context, written.Place, cancel);
        return (written.Object, isNew);
    }

    /// <summary>Deletes an object: at once, or marked while finalizers or a pod's grace period remain.</summary>
    public async Task<DeleteOutcome> DeleteAsync(
        KindDefinition kind, NamespacedName name, DeleteOptions options, RequestContext context, CancellationToken cancel)
    {
        var (outcome, place) = await _writes.DeleteAsync(kind, name, options, context, cancel);
        await EndAsync(context, place, cancel);
        return outcome;
    }

    /// <summary>Deletes every object that the list options choose, and returns them as they were left.</summary>
    public async Task<ResourceList> DeleteCollectionAsync(
        KindDefinition kind, ListOptions which, DeleteOptions options, RequestContext context, CancellationToken cancel)
    {
        var (left, last) = (new List<Resource>(), 0UL);
        foreach (var resource in _reader.List(kind, which).Items)
        {
            try
            {
                var (outcome, place) = await _writes.DeleteAsync(kind, resource.Key, options, context, cancel);
                last = Math.Max(last, place);
                left.Add(outcome.Object);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                // Gone meanwhile, which is what was asked for.
            }
        }
        await EndAsync(context, last, cancel);
        return new ResourceList(left, ResourceVersion);
    }

    /// <summary>Completes when everything written up to now is on disk: an outside reader that must not see what a crash could lose waits here.</summary>
    /// <exception cref="ApiException">The disk takes no writes for now (503, 507).</exception>
    public ValueTask FlushedAsync(CancellationToken cancel) => _store.FlushedAsync(cancel);

    public ValueTask DisposeAsync()
    {
        _webhooks.Dispose();
        return _store.DisposeAsync();
    }

    /// <summary>Runs a chore of the server that is not the registry's own, until cancelled.</summary>
    internal Task RunAsync(Func<Store, ResourceWriter, ResourceRemover, IStoreLoop> make, CancellationToken cancel) =>
        _loops.RunAsync(make(_store, _writer, _remover), cancel);

    /// <summary>The verbs over a store that is already open; the registry closes it.</summary>
    public static ResourceRegistry Over(Store store, ResourceRegistryOptions options, TimeProvider time)
    {
        var registry = new ResourceRegistry(store, options, time);
        foreach (var name in OwnNamespaces)
            if (registry.Get(Namespace.Definition, new("", name)) is null)
                registry._writer.Create(new Namespace { Metadata = new() { Name = name } }, RequestContext.System);
        return registry;
    }

    // A place of zero is a write that changed nothing; what it read may still be on its way to the disk, and is waited for as well.
    private ValueTask EndAsync(RequestContext context, ulong place, CancellationToken cancel) =>
        !context.Durable || context.DryRun ? default
        : place == 0 ? _store.FlushedAsync(cancel)
        : _store.FlushedAsync(place, cancel);
}
