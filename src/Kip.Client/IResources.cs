using Kip.Resources;

namespace Kip.Client;

/// <summary>
/// The API as controllers see it: in process over Kip's own store, or HTTP to a Kubernetes API server. A caller cannot tell which.
/// </summary>
/// <remarks>
/// Failures are <see cref="ApiException"/>s carrying the server's <see cref="Status"/>: NotFound (404), AlreadyExists (409),
/// Conflict (409), Invalid (422), Expired (410)… Every object handed out is immutable and may be shared.
/// </remarks>
public interface IResources
{
    /// <summary>Reads one object. Null when there is none.</summary>
    Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel);

    /// <summary>Reads all objects of a kind that the options choose, with the version at which they were read.</summary>
    Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel);

    /// <summary>Follows the changes after <see cref="ListOptions.ResourceVersion"/>, in order, until cancelled or ended by the server.</summary>
    /// <remarks>A version that is too old ends the watch with an Expired failure: list again.</remarks>
    IAsyncEnumerable<WatchEvent> WatchAsync(KindDefinition kind, ListOptions options, CancellationToken cancel);

    /// <summary>Stores a new object and returns it as stored: with uid, version, and defaults.</summary>
    Task<Resource> CreateAsync(Resource resource, CancellationToken cancel);

    /// <summary>Replaces an object. A resourceVersion that is set must be current, or it is a Conflict.</summary>
    Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel);

    /// <summary>Replaces the status half only, under the same rule.</summary>
    Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel);

    /// <summary>Changes an object by a patch and returns the result.</summary>
    Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel);

    /// <summary>Sets the number of replicas through the scale subresource.</summary>
    Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel);

    /// <summary>Deletes an object: at once, or marked for deletion while finalizers remain.</summary>
    Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel);
}
