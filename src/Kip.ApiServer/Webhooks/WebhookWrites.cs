using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Registry.Metadata;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Webhooks;

/// <summary>Writes that webhooks are asked about: first those that change the object, then the server's own checks, then those that judge it.</summary>
/// <remarks>What is stored is what the last webhook saw: when the object changes while they are asked, it begins again.</remarks>
internal sealed class WebhookWrites(Store store, ResourceWriter writer, ResourceRemover remover, WebhookAdmission webhooks)
{
    // Each one asks all webhooks again; an object that changes so often is told so.
    private const int Attempts = 10;

    public async Task<Written> CreateAsync(Resource said, RequestContext context, CancellationToken cancel)
    {
        if (!webhooks.Concerns(said.GetDefinition(), null, context)) return writer.Create(said, context);
        var first = writer.Defaulted(null, said, null, context);
        var mutated = (await webhooks.MutateAsync(first, null, null, context, cancel))!;
        // Shown once, an object keeps its uid and its name.
        var pinned = context with { Uid = first.Metadata.Uid };
        var stated = mutated with { Metadata = mutated.Metadata with { ManagedFields = said.Metadata.ManagedFields } };
        var prepared = writer.Create(stated, pinned with { DryRun = true });
        await webhooks.ValidateAsync(prepared.Object, null, null, context, cancel);
        return context.DryRun ? prepared : writer.Create(stated, pinned);
    }

    public async Task<Written> ModifyAsync(
        KindDefinition kind, NamespacedName name, string? subresource, Func<Resource, Resource> change, RequestContext context, CancellationToken cancel)
    {
        if (!webhooks.Concerns(kind, subresource, context)) return writer.Modify(kind, name, subresource, change, context);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var present = store.Get(new(kind, name)) ?? throw ApiException.NotFound(kind, name.Name);
            var said = change(present);
            try
            {
                return await ModifyAsync(present, said, subresource, context, cancel);
            }
            catch (ApiException e) when (e.IsConflict && !ReferenceEquals(store.Get(new(kind, name)), present))
            {
                // Changed while the webhooks were asked. Whoever named a version is told so by the next look at it.
            }
        }
        throw MetadataRules.Modified(kind, name.Name);
    }

    public async Task<(Written Written, bool IsNew)> ApplyAsync(
        KindDefinition kind, NamespacedName name, string? subresource, Func<Resource?, Resource> change, RequestContext context, CancellationToken cancel)
    {
        if (!webhooks.Concerns(kind, subresource, context)) return writer.Apply(kind, name, subresource, change, context);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var isNew = subresource is null && store.Get(new(kind, name)) is null;
            try
            {
                return (isNew ? await CreateAsync(change(null), context, cancel) : await ModifyAsync(kind, name, subresource, change, context, cancel), isNew);
            }
            catch (ApiException e) when (isNew ? e.IsAlreadyExists : e.IsNotFound && subresource is null && store.Get(new(kind, name)) is null)
            {
                // Somebody else was faster, in making it or in deleting it.
            }
        }
        throw MetadataRules.Modified(kind, name.Name);
    }

    public async Task<(DeleteOutcome Outcome, ulong Place)> DeleteAsync(
        KindDefinition kind, NamespacedName name, DeleteOptions options, RequestContext context, CancellationToken cancel)
    {
        if (webhooks.Concerns(kind, null, context))
        {
            var present = store.Get(new(kind, name)) ?? throw ApiException.NotFound(kind, name.Name);
            var asked = context with { DryRun = context.DryRun || options.DryRun.Contains("All") };
            await webhooks.MutateAsync(null, present, null, asked, cancel);
            await webhooks.ValidateAsync(null, present, null, asked, cancel);
        }
        return remover.Delete(kind, name, options, context);
    }

    private async Task<Written> ModifyAsync(Resource present, Resource said, string? subresource, RequestContext context, CancellationToken cancel)
    {
        var first = writer.Defaulted(present, said, subresource, context);
        var mutated = (await webhooks.MutateAsync(first, present, subresource, context, cancel))!;
        var stated = mutated with
        {
            Metadata = mutated.Metadata with { ManagedFields = said.Metadata.ManagedFields, ResourceVersion = present.Metadata.ResourceVersion },
        };
        var prepared = writer.Modify(present.GetDefinition(), present.Key, subresource, _ => stated, context with { DryRun = true });
        if (prepared.Object != present) await webhooks.ValidateAsync(prepared.Object, present, subresource, context, cancel);
        return context.DryRun ? prepared : writer.Modify(present.GetDefinition(), present.Key, subresource, _ => stated, context);
    }
}
