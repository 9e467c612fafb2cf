using Kip.Resources.AdmissionRegistration;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Batch;
using Kip.Resources.Certificates;
using Kip.Resources.Coordination;
using Kip.Resources.Core;
using Kip.Resources.Discovery;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Networking;
using Kip.Resources.Rbac;
using Kip.Resources.Serving;

namespace Kip.Resources;

/// <summary>Every kind that is built in. To add a kind: its record, a line here, a line in <see cref="ResourceJson"/>.</summary>
public static class Kinds
{
    public static IReadOnlyList<KindDefinition> All { get; } =
    [
        Namespace.Definition, ConfigMap.Definition, Secret.Definition, ServiceAccount.Definition, Core.Service.Definition,
        Endpoints.Definition, Pod.Definition, Event.Definition,
        ResourceQuota.Definition, LimitRange.Definition, Node.Definition,
        Deployment.Definition, ReplicaSet.Definition,
        Job.Definition, CronJob.Definition,
        EndpointSlice.Definition,
        Lease.Definition,
        Serving.Service.Definition, Configuration.Definition, Revision.Definition, Route.Definition,
        PodAutoscaler.Definition,
        Ingress.Definition, Certificate.Definition, ClusterDomainClaim.Definition,
        DomainMapping.Definition,
        Broker.Definition, Trigger.Definition, EventType.Definition,
        Messaging.Channel.Definition, InMemoryChannel.Definition, Messaging.Subscription.Definition,
        Sequence.Definition, Flows.Parallel.Definition,
        Role.Definition, ClusterRole.Definition, RoleBinding.Definition, ClusterRoleBinding.Definition, CertificateSigningRequest.Definition,
        CustomResourceDefinition.Definition, MutatingWebhookConfiguration.Definition, ValidatingWebhookConfiguration.Definition,
    ];

    /// <summary>Versions that are served beside those of <see cref="All"/>; their objects are stored as one of those.</summary>
    public static IReadOnlyList<KindDefinition> OtherVersions { get; } = [Events.Event.Definition, EventTypeV1Beta2.Definition, EventTypeV1Beta1.Definition];

    /// <summary>The kind of a manifest's <c>apiVersion</c> and <c>kind</c>, or null.</summary>
    public static KindDefinition? Find(string apiVersion, string kind) =>
        All.Concat(OtherVersions).FirstOrDefault(k => k.Kind == kind && k.ApiVersion == apiVersion);

    /// <summary>The kind at a path's group, version and plural, or null.</summary>
    public static KindDefinition? FindPlural(string group, string version, string plural) =>
        All.Concat(OtherVersions).FirstOrDefault(k => k.Plural == plural && k.Group == group && k.Version == version);
}
