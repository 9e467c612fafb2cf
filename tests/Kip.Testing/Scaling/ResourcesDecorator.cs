using Kip.Client;
using Kip.Resources;

namespace Kip.Testing.Scaling;

/// <summary>Passes everything on; a test overrides what it wants to be different.</summary>
public abstract class ResourcesDecorator(IResources inner) : IResources
{
    public virtual Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel) => inner.GetAsync(kind, name, cancel);

    public virtual Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) =>
        inner.ListAsync(kind, options, cancel);

    public virtual IAsyncEnumerable<WatchEvent> WatchAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) =>
        inner.WatchAsync(kind, options, cancel);

    public virtual Task<Resource> CreateAsync(Resource resource, CancellationToken cancel) => inner.CreateAsync(resource, cancel);

    public virtual Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel) => inner.UpdateAsync(resource, cancel);

    public virtual Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel) => inner.UpdateStatusAsync(resource, cancel);

    public virtual Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel) =>
        inner.PatchAsync(kind, name, patch, cancel);

    public virtual Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel) =>
        inner.ScaleAsync(kind, name, replicas, cancel);

    public virtual Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel) =>
        inner.DeleteAsync(kind, name, options, cancel);
}
