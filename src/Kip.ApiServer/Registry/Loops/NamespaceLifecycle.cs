using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Registry.Loops;

/// <summary>Gives every namespace its default ServiceAccount, and empties those that are being deleted.</summary>
internal sealed class NamespaceLifecycle(Store store, ResourceWriter writer, ResourceRemover remover, KindCatalog kinds) : IStoreLoop
{
    private const string DefaultAccount = "default";

    private static readonly RequestContext Context = new("system:serviceaccount:kube-system:namespace-controller", Durable: false);

    public IReadOnlyList<KindDefinition> Follows => kinds.All;

    public IEnumerable<ObjectId> First(Resource resource) => resource is Namespace ? [ObjectId.Of(resource)] : [];

    // A namespace that changes, and one in which something has appeared late or gone.
    public IEnumerable<ObjectId> Concerned(Change change) =>
        change.Either is Namespace ? [ObjectId.Of(change.Either)]
        : change.Old is null != change.New is null && change.Either.Metadata.Namespace.Length > 0 && NeedsLook(change) ? [SpaceOf(change.Either)]
        : [];

    public void Process(ObjectId id)
    {
        if (store.Get(id) is not Namespace space) return;
        if (space.Metadata.DeletionTimestamp is null) EnsureAccount(space.Metadata.Name);
        else if (Empty(space.Metadata.Name)) Finish(space);
    }

    private bool NeedsLook(Change change) =>
        change is { New: null, Old: ServiceAccount { Metadata.Name: DefaultAccount } }
        || store.Get(SpaceOf(change.Either))?.Metadata.DeletionTimestamp is not null;

    private static ObjectId SpaceOf(Resource resource) => new(Namespace.Definition, new("", resource.Metadata.Namespace));

    private void EnsureAccount(string space)
    {
        if (store.Get(new(ServiceAccount.Definition, new(space, DefaultAccount))) is not null) return;
        try
        {
            writer.Create(new ServiceAccount { Metadata = new() { Name = DefaultAccount, Namespace = space } }, Context);
        }
        catch (ApiException e) when (e.IsAlreadyExists || e.Code == 403)
        {
            // Someone else made it, or the namespace has begun to go.
        }
    }

    /// <summary>Asks everything in the namespace to go. True when nothing is left.</summary>
    private bool Empty(string space)
    {
        foreach (var kind in kinds.All.Where(static k => k.Namespaced))
            foreach (var resource in store.Read(kind).Table.In(space).Where(static r => r.Metadata.DeletionTimestamp is null))
                DeleteIfThere(resource);
        return kinds.All.Where(static k => k.Namespaced).All(kind => store.Read(kind).Table.Space(space).IsEmpty);
    }

    private void DeleteIfThere(Resource resource)
    {
        try
        {
            var options = new DeleteOptions { PropagationPolicy = PropagationPolicy.Background };
            remover.Delete(resource.GetDefinition(), resource.Key, options, Context);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone meanwhile, which is as good.
        }
    }

    private void Finish(Namespace space) => writer.Modify(Namespace.Definition, space.Key, "finalize", static present =>
    {
        var seen = (Namespace)present;
        return seen with { Spec = seen.Spec with { Finalizers = seen.Spec.Finalizers.Where(f => f != Finalizers.Kubernetes).ToValueList() } };
    }, Context);
}
