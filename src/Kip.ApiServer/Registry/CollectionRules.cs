using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Storage;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>What garbage collection makes of an object's owners.</summary>
internal static class CollectionRules
{
    /// <summary>How an owner stands.</summary>
    public enum OwnerState
    {
        /// <summary>It is there, or its kind is not known here: it holds its dependents.</summary>
        Solid,

        /// <summary>It is being deleted and waits for its dependents to go first.</summary>
        Waiting,

        /// <summary>There is no such object.</summary>
        Absent,
    }

    /// <summary>How an owner stands, seen from a dependent.</summary>
    /// <remarks>A namespaced owner is looked for in the dependent's own namespace only: elsewhere it counts as absent.</remarks>
    public static OwnerState StateOf(Resource dependent, OwnerReference owner, KindCatalog kinds, Func<ObjectId, Resource?> get)
    {
        if (kinds.All.FirstOrDefault(k => k.Kind == owner.Kind && k.Group == GroupOf(owner)) is not { } kind) return OwnerState.Solid;
        // A cluster-scoped object cannot name a namespace for its owner; Kubernetes leaves it alone.
        if (kind.Namespaced && dependent.Metadata.Namespace.Length == 0) return OwnerState.Solid;
        var found = get(new ObjectId(kind, new(kind.Namespaced ? dependent.Metadata.Namespace : "", owner.Name)));
        if (found?.Metadata.Uid != owner.Uid) return OwnerState.Absent;
        return IsWaiting(found) ? OwnerState.Waiting : OwnerState.Solid;
    }

    /// <summary>Whether an object is deleted in the foreground: it goes after those that block it.</summary>
    public static bool IsWaiting(Resource owner) =>
        owner.Metadata.DeletionTimestamp is not null && owner.Metadata.Finalizers.Contains(Finalizers.Foreground);

    /// <summary>Whether an object's dependents are to be let go before it goes itself.</summary>
    public static bool IsOrphaning(Resource owner) =>
        owner.Metadata.DeletionTimestamp is not null && owner.Metadata.Finalizers.Contains(Finalizers.Orphan);

    /// <summary>The objects that a change gives reason to look at.</summary>
    public static IEnumerable<ObjectId> Concerned(Change change, KindCatalog kinds, Func<string, IReadOnlyList<ObjectId>> dependentsOf)
    {
        if (change.New is { } present)
        {
            var owned = !present.Metadata.OwnerReferences.IsEmpty && present.Metadata.OwnerReferences != change.Old?.Metadata.OwnerReferences;
            if (owned || IsWaiting(present) || IsOrphaning(present)) yield return ObjectId.Of(present);
        }
        else
        {
            foreach (var dependent in dependentsOf(change.Old!.Metadata.Uid!)) yield return dependent;
        }
        // Who waits for this object to go, or to let go of it.
        if (change.Old is { } old && old.Metadata.OwnerReferences != change.New?.Metadata.OwnerReferences)
            foreach (var owner in old.Metadata.OwnerReferences.AsSpan().ToArray())
                foreach (var kind in kinds.All.Where(k => k.Kind == owner.Kind && k.Group == GroupOf(owner)))
                    yield return new ObjectId(kind, new(kind.Namespaced ? old.Metadata.Namespace : "", owner.Name));
    }

    private static string GroupOf(OwnerReference owner) =>
        owner.ApiVersion.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? owner.ApiVersion[..slash] : "";
}
