using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>The verbs of the API on objects: what may be stored, what is answered, in Kubernetes' semantics. Thread-safe.</summary>
/// <remarks>
/// A write shows in reads and watches at once, and is ordered behind every write before it. Only a <see cref="RequestContext.Durable"/>
/// caller waits until it is on disk; failures are <see cref="ApiException"/>s.
/// </remarks>
public sealed class ResourceRegistry : IAsyncDisposable
{
    private ResourceRegistry(RegistryOptions options) => Kinds = options.Kinds;

    /// <summary>The kinds that are served.</summary>
    public KindCatalog Kinds { get; }

    /// <summary>The version of the latest change.</summary>
    public string ResourceVersion => throw new NotImplementedException();

    /// <summary>Opens the store, and makes the namespaces that always exist.</summary>
    /// <exception cref="StoreException">The folder is another process's, of a newer Kip, or damaged.</exception>
    public static Task<ResourceRegistry> OpenAsync(StoreOptions store, RegistryOptions options, TimeProvider time, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>A registry that keeps everything in memory; every task it returns is already complete.</summary>
    public static ResourceRegistry InMemory(TimeProvider time, RegistryOptions? options = null) => throw new NotImplementedException();

    /// <summary>Runs garbage collection, the namespaces' life and the expiry of Events until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Reads one object. Null when there is none.</summary>
    public Resource? Get(KindDefinition kind, NamespacedName name) => throw new NotImplementedException();

    /// <summary>Reads the objects that the options choose, ordered by namespace and name.</summary>
    /// <exception cref="ApiException">A selector or continue token is malformed (400), or the token's version is forgotten (410 Expired).</exception>
    public ResourceList List(KindDefinition kind, ListOptions options) => throw new NotImplementedException();

    /// <summary>Follows changes in order: after <see cref="ListOptions.ResourceVersion"/>, or first the state of now as <c>ADDED</c>.</summary>
    /// <param name="sendInitialEvents">Begin with the state of now in any case, closed by a bookmark that says so.</param>
    /// <exception cref="ApiException">
    /// At once: a selector is malformed (400), the version is forgotten (410 Expired). Later: the reader was too slow (410 Expired).
    /// </exception>
    public IAsyncEnumerable<WatchEvent> Watch(KindDefinition kind, ListOptions options, bool sendInitialEvents, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>Stores a new object, and returns it as stored.</summary>
    public Task<Resource> CreateAsync(Resource resource, RequestContext context, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>Replaces an object (subresource null), its status half (<c>status</c>), or its replicas (<c>scale</c>).</summary>
    public Task<Resource> UpdateAsync(Resource resource, string? subresource, RequestContext context, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>Reads, changes and writes an object; begins again when it was changed meanwhile, unless the change itself set a resourceVersion.</summary>
    /// <param name="change">Gets the stored object, returns the wanted one. May be called more than once.</param>
    public Task<Resource> ModifyAsync(
        KindDefinition kind, NamespacedName name, string? subresource, Func<Resource, Resource> change, RequestContext context,
        CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Deletes an object: at once, or marked while finalizers or a pod's grace period remain.</summary>
    public Task<DeleteOutcome> DeleteAsync(
        KindDefinition kind, NamespacedName name, DeleteOptions options, RequestContext context, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>Deletes every object that the list options choose, and returns them as they were left.</summary>
    public Task<ResourceList> DeleteCollectionAsync(
        KindDefinition kind, ListOptions which, DeleteOptions options, RequestContext context, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>Completes when everything written up to now is on disk: an outside reader that must not see what a crash could lose waits here.</summary>
    public ValueTask FlushedAsync(CancellationToken cancel) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
