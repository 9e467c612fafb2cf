using Kip.Resources;

namespace Kip.Client.Informers;

/// <summary>What happened to one object in a cache: it came (no old), changed, or went (no new).</summary>
/// <param name="Old">The object as the cache had it; for one that went, its last known state.</param>
/// <param name="New">The object as the cache has it now.</param>
public readonly record struct ResourceChange<T>(T? Old, T? New) where T : Resource, IResource
{
    /// <summary>The newest state known.</summary>
    public T Object => New ?? Old!;

    public NamespacedName Key => Object.Key;

    public bool IsAdded => Old is null;

    public bool IsDeleted => New is null;
}
