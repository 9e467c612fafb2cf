using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Coordination;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;

namespace Kip.Resources;

/// <summary>Every kind that is built in. To add a kind: its record, a line here, a line in <see cref="ResourceJson"/>.</summary>
public static class Kinds
{
    public static IReadOnlyList<KindDefinition> All { get; } =
    [
        Namespace.Definition, ConfigMap.Definition, Secret.Definition, ServiceAccount.Definition, Core.Service.Definition,
        Endpoints.Definition, Pod.Definition, Event.Definition,
        Deployment.Definition,
        Lease.Definition,
        Serving.Service.Definition, Configuration.Definition, Revision.Definition, Route.Definition,
        PodAutoscaler.Definition,
        Ingress.Definition, Certificate.Definition, ClusterDomainClaim.Definition,
        DomainMapping.Definition,
    ];

    /// <summary>The kind of a manifest's <c>apiVersion</c> and <c>kind</c>, or null.</summary>
    public static KindDefinition? Find(string apiVersion, string kind) =>
        All.FirstOrDefault(k => k.Kind == kind && k.ApiVersion == apiVersion);

    /// <summary>The kind at a path's group, version and plural, or null.</summary>
    public static KindDefinition? FindPlural(string group, string version, string plural) =>
        All.FirstOrDefault(k => k.Plural == plural && k.Group == group && k.Version == version);
}
