using Kip.ApiServer.Registry.Metadata;
using Kip.ApiServer.CustomResources;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Registry.Deletion;

/// <summary>Deletions: the preconditions, then what <see cref="DeletionRules"/> says.</summary>
internal sealed class ResourceRemover(Store store, ResourceWriter writer, CustomAdmission custom, WriteTurns turns, TimeProvider time)
{
    private const int Attempts = 100;

    public (DeleteOutcome Outcome, ulong Place) Delete(KindDefinition kind, NamespacedName name, DeleteOptions options, RequestContext context)
    {
        var id = new ObjectId(kind, name);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var turn = turns.Take(id, attempt);
            var present = store.Get(id) ?? throw ApiException.NotFound(kind, name.Name);
            CheckPreconditions(kind, present.Metadata, options.Preconditions);
            if (kind == Namespace.Definition && name.Name is "default" or "kube-system") throw Protected(name.Name);
            var marked = DeletionRules.Decide(custom.BeforeDeletion(present), options, time.GetUtcNow());
            if (ReferenceEquals(marked, present)) return (new(false, present), 0);
            if (context.DryRun || options.DryRun.Contains("All")) return (new(marked is null, marked ?? present), 0);
            var written = marked is null ? writer.Remove(present) : writer.Write(present, marked, null, context);
            if (written is { } done) return (new(marked is null, done.Object), done.Place);
        }
        throw MetadataRules.Modified(kind, name.Name);
    }

    private static void CheckPreconditions(KindDefinition kind, ObjectMeta present, Preconditions? asked)
    {
        MetadataRules.CheckPreconditions(kind, present, null, asked?.Uid);
        if (asked?.ResourceVersion is { Length: > 0 } version && version != present.ResourceVersion)
            throw ApiException.Conflict(kind, present.Name,
                $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {present.ResourceVersion}");
    }

    private static ApiException Protected(string name) => new(new Status
    {
        State = "Failure", Code = 403, Reason = StatusReason.Forbidden,
        Message = $"namespaces \"{name}\" is forbidden: this namespace may not be deleted",
        Details = new StatusDetails { Name = name, Kind = Namespace.Definition.Plural },
    });
}
