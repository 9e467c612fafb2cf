using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;

namespace Kip.ApiServer.Registry;

/// <summary>The API for those in the same process: straight to the registry, without JSON, and without waiting for the disk.</summary>
/// <remarks>
/// What controllers write is derived from what was stored before and ordered behind it, so a crash that loses it loses nothing that was
/// acknowledged, and it is derived again.
/// </remarks>
/// <param name="user">The name that admission sees.</param>
public sealed class EmbeddedResources(ResourceRegistry registry, string user = "system:kip") : IResources
{
    private readonly RequestContext _context = new(user, Durable: false);

    public Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel) => Task.FromResult(registry.Get(kind, name));

    public Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) =>
        Answer(() => registry.List(kind, options));

    /// <summary>Without bookmarks, which are for connections that break: each takes a timer, and the machinery to make an object of its kind from nothing.</summary>
    public IAsyncEnumerable<WatchEvent> WatchAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) =>
        registry.Watch(kind, options with { AllowBookmarks = false }, new WatchOptions(), cancel);

    public Task<Resource> CreateAsync(Resource resource, CancellationToken cancel) => registry.CreateAsync(resource, _context, cancel);

    public Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel) => registry.UpdateAsync(resource, null, _context, cancel);

    public Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel) =>
        registry.UpdateAsync(resource, "status", _context, cancel);

    public Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel) =>
        registry.ModifyAsync(kind, name, patch.Subresource, present => EmbeddedPatch.Apply(kind, present, patch), _context, cancel);

    public Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel) => registry.ModifyAsync(
        kind, name, "scale",
        present => present is Deployment deployment
            ? deployment with { Spec = deployment.Spec with { Replicas = replicas } }
            : throw ApiException.Of(404, StatusReason.NotFound, $"{kind.QualifiedPlural} have no scale subresource"),
        _context, cancel);

    public Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel) =>
        registry.DeleteAsync(kind, name, options, _context, cancel);

    private static Task<T> Answer<T>(Func<T> call)
    {
        try
        {
            return Task.FromResult(call());
        }
        catch (ApiException e)
        {
            return Task.FromException<T>(e);
        }
    }
}
