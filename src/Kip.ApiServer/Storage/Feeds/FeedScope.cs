using Kip.Resources;

namespace Kip.ApiServer.Storage.Feeds;

/// <summary>Which objects of a kind a follower cares for, as far as the store can tell at once: so that a change wakes only those.</summary>
/// <param name="Namespace">Null for all.</param>
/// <param name="Name">Null for all.</param>
public readonly record struct FeedScope(string? Namespace = null, string? Name = null)
{
    public bool Includes(NamespacedName name) => (Namespace is null || Namespace == name.Namespace) && (Name is null || Name == name.Name);
}
