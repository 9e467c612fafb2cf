using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Access;

namespace Kip.ApiServer.Registry.Loops;

/// <summary>Keeps the rules of aggregated ClusterRoles in step with the roles that they are gathered from.</summary>
internal sealed class RoleAggregator(Store store, ResourceWriter writer) : IStoreLoop
{
    private static readonly RequestContext Context = new("system:serviceaccount:kube-system:clusterrole-aggregation-controller", Durable: false);

    public IReadOnlyList<KindDefinition> Follows { get; } = [ClusterRole.Definition];

    public IEnumerable<ObjectId> First(Resource resource) => resource is ClusterRole { AggregationRule: not null } ? [ObjectId.Of(resource)] : [];

    // Any role may be one of those that another gathers, itself among them.
    public IEnumerable<ObjectId> Concerned(Change change) =>
        (change.Old as ClusterRole)?.Rules == (change.New as ClusterRole)?.Rules && change.Old?.Metadata.Labels == change.New?.Metadata.Labels
        && (change.Old as ClusterRole)?.AggregationRule == (change.New as ClusterRole)?.AggregationRule
            ? []
            : All().Where(static role => role.AggregationRule is not null).Select(ObjectId.Of);

    public void Process(ObjectId id)
    {
        if (store.Get(id) is not ClusterRole { AggregationRule: not null } role) return;
        var rules = ClusterRoleAggregation.RulesOf(role, All());
        if (rules == role.Rules) return;
        writer.Modify(id.Kind, id.Name, null, present => (ClusterRole)present with { Rules = rules }, Context);
    }

    private IEnumerable<ClusterRole> All() => store.Read(ClusterRole.Definition).Table.In(null).Cast<ClusterRole>();
}
