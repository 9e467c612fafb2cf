using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry.Loops;

/// <summary>Deletes what no longer has an owner, and carries foreground and orphaning deletions through.</summary>
internal sealed class GarbageCollector(Store store, ResourceWriter writer, ResourceRemover remover, KindCatalog kinds) : IStoreLoop
{
    private static readonly RequestContext Context = new("system:serviceaccount:kube-system:generic-garbage-collector", Durable: false);

    public IReadOnlyList<KindDefinition> Follows => kinds.All;

    public IEnumerable<ObjectId> First(Resource resource) =>
        !resource.Metadata.OwnerReferences.IsEmpty || CollectionRules.IsWaiting(resource) || CollectionRules.IsOrphaning(resource)
            ? [ObjectId.Of(resource)]
            : [];

    public IEnumerable<ObjectId> Concerned(Change change) => CollectionRules.Concerned(change, kinds, store.DependentsOf);

    public void Process(ObjectId id)
    {
        if (store.Get(id) is not { } resource) return;
        if (CollectionRules.IsOrphaning(resource)) Orphan(resource);
        else if (CollectionRules.IsWaiting(resource)) DeleteDependentsFirst(resource);
        else if (resource.Metadata.DeletionTimestamp is null) DeleteIfOwnerless(resource);
    }

    private void Orphan(Resource owner)
    {
        foreach (var dependent in Dependents(owner)) Forget(dependent, uid => uid == owner.Metadata.Uid);
        Unfinalize(owner, Finalizers.Orphan);
    }

    private void DeleteDependentsFirst(Resource owner)
    {
        // All of them go with it, but it waits only for those that block it.
        foreach (var dependent in Dependents(owner).Where(static d => d.Metadata.DeletionTimestamp is null).ToList()) DeleteIfOwnerless(dependent);
        if (!Dependents(owner).Any(d => RefersTo(d, owner, blocking: true))) Unfinalize(owner, Finalizers.Foreground);
    }

    private void DeleteIfOwnerless(Resource resource)
    {
        var states = resource.Metadata.OwnerReferences.ToLookup(owner => CollectionRules.StateOf(resource, owner, kinds, store.Get));
        var (waiting, absent) = (states[CollectionRules.OwnerState.Waiting].ToList(), states[CollectionRules.OwnerState.Absent].ToList());
        if (waiting.Count + absent.Count == 0) return;
        if (states[CollectionRules.OwnerState.Solid].Any())
        {
            var gone = absent.Concat(waiting).Select(static owner => owner.Uid).ToHashSet();
            Forget(resource, gone.Contains);
            return;
        }
        // An owner that waits for this object waits for its dependents too.
        var foreground = waiting.Count > 0 && store.DependentsOf(resource.Metadata.Uid!).Count > 0;
        var options = new DeleteOptions
        {
            PropagationPolicy = foreground ? PropagationPolicy.Foreground : null,
            Preconditions = new() { Uid = resource.Metadata.Uid },
        };
        remover.Delete(resource.GetDefinition(), resource.Key, options, Context);
    }

    private IEnumerable<Resource> Dependents(Resource owner) => store.DependentsOf(owner.Metadata.Uid!)
        .Select(store.Get)
        .OfType<Resource>()
        .Where(dependent => RefersTo(dependent, owner, blocking: false));

    private static bool RefersTo(Resource dependent, Resource owner, bool blocking) =>
        dependent.Metadata.OwnerReferences.Any(r => r.Uid == owner.Metadata.Uid && (!blocking || r.BlockOwnerDeletion == true))
        && (owner.Metadata.Namespace.Length == 0 || owner.Metadata.Namespace == dependent.Metadata.Namespace);

    private void Forget(Resource dependent, Func<string, bool> uid) => Change(dependent, meta => meta with
    {
        OwnerReferences = meta.OwnerReferences.Where(owner => !uid(owner.Uid)).ToValueList(),
    });

    private void Unfinalize(Resource owner, string finalizer) => Change(owner, meta => meta with
    {
        Finalizers = meta.Finalizers.Where(f => f != finalizer).ToValueList(),
    });

    private void Change(Resource resource, Func<ObjectMeta, ObjectMeta> change)
    {
        try
        {
            writer.Modify(resource.GetDefinition(), resource.Key, null,
                present => present.Metadata.Uid == resource.Metadata.Uid ? present with { Metadata = change(present.Metadata) } : present, Context);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone meanwhile, which is as good.
        }
    }
}
