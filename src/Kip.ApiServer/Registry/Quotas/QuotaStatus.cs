using Kip.ApiServer.Registry.Loops;
using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Quotas;

namespace Kip.ApiServer.Registry.Quotas;

/// <summary>Keeps every ResourceQuota's status: what is used now, counted anew whenever something of the namespace comes, goes or ends.</summary>
internal sealed class QuotaStatus(Store store, ResourceWriter writer, NamespaceLimits limits, KindCatalog kinds) : IStoreLoop
{
    private static readonly RequestContext Context = new("system:serviceaccount:kube-system:resourcequota-controller", Durable: false);

    public IReadOnlyList<KindDefinition> Follows => kinds.All;

    public IEnumerable<ObjectId> First(Resource resource) => resource is ResourceQuota ? [ObjectId.Of(resource)] : [];

    public IEnumerable<ObjectId> Concerned(Change change)
    {
        if (change.Either is ResourceQuota quota) return [ObjectId.Of(quota)];
        if (change.Either.Metadata.Namespace.Length == 0 || !Counts(change)) return [];
        return store.Read(ResourceQuota.Definition).Table.In(change.Either.Metadata.Namespace).Select(ObjectId.Of);
    }

    public void Process(ObjectId id)
    {
        if (store.Get(id) is not ResourceQuota quota) return;
        var status = Count(quota);
        if (status == quota.Status) return;
        writer.Modify(
            ResourceQuota.Definition, id.Name, "status", present => ((ResourceQuota)present) with { Status = Count((ResourceQuota)present) },
            Context);
    }

    private ResourceQuotaStatus Count(ResourceQuota quota) => new()
    {
        Hard = quota.Spec.Hard,
        Used = QuotaRules.Used(quota.Spec, plural => limits.ObjectsOf(plural, quota.Metadata.Namespace)),
    };

    // A pod that ends gives back what it had; a Service may change its type.
    private static bool Counts(Change change) => (change.Old, change.New) switch
    {
        (null, _) or (_, null) => true,
        (Pod before, Pod now) => before.Status.Phase != now.Status.Phase,
        (Service before, Service now) => before.Spec != now.Spec,
        _ => false,
    };
}
