using Kip.Client;
using Kip.Resources;

namespace Kip.Testing.Scaling;

/// <summary>The API behind a wire: every write takes a moment before and after it is done.</summary>
public sealed class SlowResources(IResources inner, TimeProvider time, Func<TimeSpan> delay) : IResources
{
    public Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel) => inner.GetAsync(kind, name, cancel);

    public Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) => inner.ListAsync(kind, options, cancel);

    public IAsyncEnumerable<WatchEvent> WatchAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) =>
        inner.WatchAsync(kind, options, cancel);

    public Task<Resource> CreateAsync(Resource resource, CancellationToken cancel) => SlowlyAsync(() => inner.CreateAsync(resource, cancel));

    public Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel) => SlowlyAsync(() => inner.UpdateAsync(resource, cancel));

    public Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel) =>
        SlowlyAsync(() => inner.UpdateStatusAsync(resource, cancel));

    public Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel) =>
        SlowlyAsync(() => inner.PatchAsync(kind, name, patch, cancel));

    public Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel) => SlowlyAsync(async () =>
    {
        await inner.ScaleAsync(kind, name, replicas, cancel);
        return true;
    });

    public Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel) => SlowlyAsync(async () =>
    {
        await inner.DeleteAsync(kind, name, options, cancel);
        return true;
    });

    private async Task<T> SlowlyAsync<T>(Func<Task<T>> call)
    {
        await Task.Delay(delay(), time);
        var result = await call();
        await Task.Delay(delay(), time);
        return result;
    }
}
