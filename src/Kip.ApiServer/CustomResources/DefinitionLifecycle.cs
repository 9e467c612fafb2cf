using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Registry.Loops;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Custom;
using Kip.Rules.CustomResources;

namespace Kip.ApiServer.CustomResources;

/// <summary>Gives definitions the names that others have let go, and removes the objects of those that are being deleted.</summary>
internal sealed class DefinitionLifecycle(Store store, ResourceWriter writer, ResourceRemover remover, KindCatalog kinds, CustomAdmission admission)
    : IStoreLoop
{
    private static readonly RequestContext Context = new("system:apiserver", Durable: false);

    public IReadOnlyList<KindDefinition> Follows => kinds.Now.DefinedKinds;

    public IEnumerable<ObjectId> First(Resource resource) =>
        resource is CustomResourceDefinition definition && NeedsWork(definition) ? [ObjectId.Of(definition)] : [];

    public IEnumerable<ObjectId> Concerned(Change change)
    {
        // The last object of a kind may be what its definition waits for.
        if (change.Either is CustomResource gone) return change.New is null && DefinitionOf(gone) is { } waiting ? First(waiting) : [];
        return All().Where(NeedsWork).Select(static definition => ObjectId.Of(definition));
    }

    public void Process(ObjectId id)
    {
        if (store.Get(id) is not CustomResourceDefinition definition) return;
        if (definition.Metadata.DeletionTimestamp is not null) Empty(definition);
        else writer.Modify(id.Kind, id.Name, "status", present => admission.Decide((CustomResourceDefinition)present), Context);
    }

    private static bool NeedsWork(CustomResourceDefinition definition) =>
        definition.Metadata.DeletionTimestamp is not null || DefinitionStatus.HasConflict(definition);

    private IEnumerable<CustomResourceDefinition> All() =>
        store.Read(CustomResourceDefinition.Definition).Table.In(null).Cast<CustomResourceDefinition>();

    private CustomResourceDefinition? DefinitionOf(CustomResource resource) => CustomKind.Of(resource.Definition) is { } kind
        ? (CustomResourceDefinition?)store.Get(ObjectId.Of(kind.Definition))
        : null;

    private void Empty(CustomResourceDefinition definition)
    {
        if (!definition.Metadata.Finalizers.Contains(DefinitionStatus.CleanupFinalizer)) return;
        if (kinds.Now.Custom.FirstOrDefault(kind => kind.Definition.Metadata.Uid == definition.Metadata.Uid)?.Stored is { } kind)
        {
            // From here on nothing new appears, so what is seen below is all there is.
            store.Seal(kind);
            foreach (var resource in store.Read(kind).Table.In(null)) DeleteIfThere(resource);
            if (store.Read(kind).Table.Count > 0) return;
        }
        writer.Modify(CustomResourceDefinition.Definition, definition.Key, null, static present => present with
        {
            Metadata = present.Metadata with { Finalizers = present.Metadata.Finalizers.Where(f => f != DefinitionStatus.CleanupFinalizer).ToValueList() },
        }, Context);
        // Whoever still watches its objects is told at once that there will be no more.
        _ = kinds.Now;
    }

    private void DeleteIfThere(Resource resource)
    {
        if (resource.Metadata.DeletionTimestamp is not null) return;
        try
        {
            remover.Delete(resource.GetDefinition(), resource.Key, DeleteOptions.Default, Context);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone meanwhile, which is as good.
        }
    }
}
