using Kip.Resources;
using Kip.Resources.AdmissionRegistration;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Apps;
using Kip.Resources.Batch;
using Kip.Resources.Certificates;
using Kip.Resources.Core;
using Kip.Resources.Rbac;
using Kip.Resources.Serving;

namespace Kip.ApiServer.Schema;

/// <summary>The <c>x-kubernetes-list-type</c> and <c>x-kubernetes-map-type</c> of the types that are built in, where they are not the default.</summary>
/// <remarks>The source is Kubernetes' OpenAPI. Lists of Knative's kinds are atomic in its CustomResourceDefinitions, containers included.</remarks>
internal static class KnownTopologies
{
    private static readonly Topology ByName = Topology.MapBy("name");

    private static readonly ListKey Protocol = new("protocol", "\"TCP\"");

    private static readonly HashSet<Type> AtomicTypes =
    [
        typeof(OwnerReference), typeof(LabelSelector), typeof(LocalObjectReference), typeof(ObjectReference), typeof(KeySelector), typeof(RoleRef),
        typeof(ScopeSelector),
    ];

    private static readonly Dictionary<(Type Type, string Field), Topology> Fields = new()
    {
        [(typeof(ObjectMeta), "ownerReferences")] = Topology.MapBy("uid"),
        [(typeof(ObjectMeta), "finalizers")] = Topology.Set,
        [(typeof(PodSpec), "containers")] = ByName,
        [(typeof(PodSpec), "initContainers")] = ByName,
        [(typeof(PodSpec), "ephemeralContainers")] = ByName,
        [(typeof(PodSpec), "volumes")] = ByName,
        [(typeof(PodSpec), "imagePullSecrets")] = ByName,
        [(typeof(PodSpec), "hostAliases")] = Topology.MapBy("ip"),
        [(typeof(PodSpec), "topologySpreadConstraints")] = Topology.MapBy("topologyKey", "whenUnsatisfiable"),
        [(typeof(PodSpec), "schedulingGates")] = ByName,
        [(typeof(PodSpec), "resourceClaims")] = ByName,
        [(typeof(PodSpec), "nodeSelector")] = Topology.Atomic,
        [(typeof(Container), "ports")] = Topology.MapBy("containerPort", Protocol),
        [(typeof(Container), "env")] = ByName,
        [(typeof(Container), "volumeMounts")] = Topology.MapBy("mountPath"),
        [(typeof(Container), "volumeDevices")] = Topology.MapBy("devicePath"),
        [(typeof(ResourceRequirements), "claims")] = ByName,
        [(typeof(EnvVarSource), "fieldRef")] = Topology.Atomic,
        [(typeof(EnvVarSource), "resourceFieldRef")] = Topology.Atomic,
        [(typeof(PodStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(PodStatus), "podIPs")] = Topology.MapBy("ip"),
        [(typeof(Kip.Resources.Core.ServiceSpec), "ports")] = Topology.MapBy("port", Protocol),
        [(typeof(Kip.Resources.Core.ServiceSpec), "selector")] = Topology.Atomic,
        [(typeof(Kip.Resources.Core.ServiceStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(ServiceAccount), "secrets")] = ByName,
        [(typeof(NamespaceStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(DeploymentStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(ReplicaSetStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(NodeStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(NodeStatus), "addresses")] = Topology.MapBy("type"),
        [(typeof(MutatingWebhookConfiguration), "webhooks")] = ByName,
        [(typeof(ValidatingWebhookConfiguration), "webhooks")] = ByName,
        [(typeof(Webhook), "matchConditions")] = ByName,
        [(typeof(CustomResourceDefinitionStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(CertificateSigningRequestStatus), "conditions")] = Topology.MapBy("type"),
        [(typeof(NodeSpec), "podCIDRs")] = Topology.Set,
        [(typeof(UncountedTerminatedPods), "succeeded")] = Topology.Set,
        [(typeof(UncountedTerminatedPods), "failed")] = Topology.Set,
        // A Revision's one container need have no name, and its CustomResourceDefinition has no keys.
        [(typeof(RevisionSpec), "containers")] = Topology.Default,
        [(typeof(RevisionSpec), "initContainers")] = Topology.Default,
        [(typeof(RevisionSpec), "ephemeralContainers")] = Topology.Default,
        [(typeof(RevisionSpec), "volumes")] = Topology.Default,
        [(typeof(RevisionSpec), "imagePullSecrets")] = Topology.Default,
        [(typeof(RevisionSpec), "hostAliases")] = Topology.Default,
        [(typeof(RevisionSpec), "topologySpreadConstraints")] = Topology.Default,
        [(typeof(RevisionSpec), "schedulingGates")] = Topology.Default,
        [(typeof(RevisionSpec), "resourceClaims")] = Topology.Default,
        [(typeof(RevisionSpec), "nodeSelector")] = Topology.Default,
    };

    /// <summary>The fields that are seen otherwise than by default.</summary>
    public static IEnumerable<(Type Type, string Field)> Known => Fields.Keys;

    /// <summary>How a type of object is seen wherever it stands.</summary>
    public static Topology Of(Type type) => AtomicTypes.Contains(type) ? Topology.Atomic : Topology.Default;

    /// <summary>How a field of a type is seen; null when its own type says it.</summary>
    /// <param name="owner">The type that declares the field, which may be a base of <paramref name="type"/>.</param>
    public static Topology? Of(Type type, Type owner, string field) =>
        Fields.TryGetValue((type, field), out var known) || Fields.TryGetValue((owner, field), out known) ? known : null;
}
