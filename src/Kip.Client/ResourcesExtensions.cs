using Kip.Resources;

namespace Kip.Client;

/// <summary>The same verbs, typed.</summary>
public static class ResourcesExtensions
{
    public static async Task<T?> GetAsync<T>(this IResources resources, NamespacedName name, CancellationToken cancel)
        where T : Resource, IResource => (T?)await resources.GetAsync(T.Definition, name, cancel);

    public static async Task<IReadOnlyList<T>> ListAsync<T>(this IResources resources, ListOptions options, CancellationToken cancel)
        where T : Resource, IResource => [.. (await resources.ListAsync(T.Definition, options, cancel)).Items.Cast<T>()];

    public static async Task<T> CreateAsync<T>(this IResources resources, T resource, CancellationToken cancel)
        where T : Resource, IResource => (T)await resources.CreateAsync(resource, cancel);

    public static async Task<T> UpdateAsync<T>(this IResources resources, T resource, CancellationToken cancel)
        where T : Resource, IResource => (T)await resources.UpdateAsync(resource, cancel);

    public static Task DeleteAsync<T>(this IResources resources, NamespacedName name, CancellationToken cancel)
        where T : Resource, IResource => resources.DeleteAsync(T.Definition, name, DeleteOptions.Default, cancel);
}
