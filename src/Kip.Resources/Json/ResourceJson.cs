using System.Text.Json.Serialization;
using Kip.Resources.AdmissionRegistration;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Batch;
using Kip.Resources.Certificates;
using Kip.Resources.Coordination;
using Kip.Resources.Core;
using Kip.Resources.Discovery;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Metrics;
using Kip.Resources.Networking;
using Kip.Resources.Rbac;
using Kip.Resources.Serving;

namespace Kip.Resources;

/// <summary>The source-generated serialisers of every kind and of the API's own messages.</summary>
/// <remarks>
/// Defaults are left out, as Go's <c>omitempty</c> does. A type that occurs only inside a <see cref="ValueList{T}"/> must be listed here,
/// since the generator does not look into converters; a test reads and writes every kind to find a missing one.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(MutatingWebhookConfiguration))]
[JsonSerializable(typeof(RuleWithOperations))]
[JsonSerializable(typeof(ValidatingWebhookConfiguration))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(MatchCondition))]
[JsonSerializable(typeof(CustomResourceColumnDefinition))]
[JsonSerializable(typeof(CustomResourceDefinition))]
[JsonSerializable(typeof(CustomResourceDefinitionVersion))]
[JsonSerializable(typeof(SelectableField))]
[JsonSerializable(typeof(ObjectMeta))]
[JsonSerializable(typeof(Certificate))]
[JsonSerializable(typeof(ClusterDomainClaim))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(Configuration))]
[JsonSerializable(typeof(Core.Service), TypeInfoPropertyName = "CoreService")]
[JsonSerializable(typeof(Core.ServiceSpec), TypeInfoPropertyName = "CoreServiceSpec")]
[JsonSerializable(typeof(Core.ServiceStatus), TypeInfoPropertyName = "CoreServiceStatus")]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(DomainMapping))]
[JsonSerializable(typeof(Endpoints))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(Events.Event), TypeInfoPropertyName = "EventsEvent")]
[JsonSerializable(typeof(Ingress))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(PodAutoscaler))]
[JsonSerializable(typeof(Revision))]
[JsonSerializable(typeof(CertificateSigningRequest))]
[JsonSerializable(typeof(SigningCondition))]
[JsonSerializable(typeof(Role))]
[JsonSerializable(typeof(RoleBinding))]
[JsonSerializable(typeof(ClusterRole))]
[JsonSerializable(typeof(ClusterRoleBinding))]
[JsonSerializable(typeof(LabelSelector))]
[JsonSerializable(typeof(PolicyRule))]
[JsonSerializable(typeof(Subject))]
[JsonSerializable(typeof(Route))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Serving.Service), TypeInfoPropertyName = "KnativeService")]
[JsonSerializable(typeof(Serving.ServiceSpec), TypeInfoPropertyName = "KnativeServiceSpec")]
[JsonSerializable(typeof(Serving.ServiceStatus), TypeInfoPropertyName = "KnativeServiceStatus")]
[JsonSerializable(typeof(ServiceAccount))]
[JsonSerializable(typeof(CronJob))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(LimitRange))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(ReplicaSet))]
[JsonSerializable(typeof(ResourceQuota))]
[JsonSerializable(typeof(Broker))]
[JsonSerializable(typeof(EventType))]
[JsonSerializable(typeof(EventTypeV1Beta1))]
[JsonSerializable(typeof(EventTypeV1Beta2))]
[JsonSerializable(typeof(Messaging.Channel))]
[JsonSerializable(typeof(InMemoryChannel))]
[JsonSerializable(typeof(Flows.Parallel))]
[JsonSerializable(typeof(Sequence))]
[JsonSerializable(typeof(Subscription))]
[JsonSerializable(typeof(Trigger))]
[JsonSerializable(typeof(Addressable))]
[JsonSerializable(typeof(AppliedEventPolicy))]
[JsonSerializable(typeof(EventAttributeDefinition))]
[JsonSerializable(typeof(FlowChannelStatus))]
[JsonSerializable(typeof(FlowSubscriptionStatus))]
[JsonSerializable(typeof(ParallelBranch))]
[JsonSerializable(typeof(ParallelBranchStatus))]
[JsonSerializable(typeof(SequenceStep))]
[JsonSerializable(typeof(SubscriberSpec))]
[JsonSerializable(typeof(SubscriberStatus))]
[JsonSerializable(typeof(SubscriptionsApiFilter))]
[JsonSerializable(typeof(DeleteOptions))]
[JsonSerializable(typeof(ListMeta))]
[JsonSerializable(typeof(Scale))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(Condition))]
[JsonSerializable(typeof(Container))]
[JsonSerializable(typeof(ContainerPort))]
[JsonSerializable(typeof(ContainerStatus))]
[JsonSerializable(typeof(EndpointAddress))]
[JsonSerializable(typeof(EndpointPort))]
[JsonSerializable(typeof(EndpointSubset))]
[JsonSerializable(typeof(EnvFromSource))]
[JsonSerializable(typeof(EnvVar))]
[JsonSerializable(typeof(HttpHeader))]
[JsonSerializable(typeof(HttpIngressPath))]
[JsonSerializable(typeof(IngressBackendSplit))]
[JsonSerializable(typeof(IngressRule))]
[JsonSerializable(typeof(IngressTls))]
[JsonSerializable(typeof(KeyToPath))]
[JsonSerializable(typeof(LabelSelectorRequirement))]
[JsonSerializable(typeof(LoadBalancerIngress))]
[JsonSerializable(typeof(LocalObjectReference))]
[JsonSerializable(typeof(ManagedFieldsEntry))]
[JsonSerializable(typeof(ObjectReference))]
[JsonSerializable(typeof(ValueList<ManagedFieldsEntry>))]
[JsonSerializable(typeof(OwnerReference))]
[JsonSerializable(typeof(PodIP))]
[JsonSerializable(typeof(RevisionContainerStatus))]
[JsonSerializable(typeof(ServicePort))]
[JsonSerializable(typeof(StatusCause))]
[JsonSerializable(typeof(TrafficTarget))]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(VolumeMount))]
[JsonSerializable(typeof(Endpoint))]
[JsonSerializable(typeof(LimitRangeItem))]
[JsonSerializable(typeof(PodMetrics))]
[JsonSerializable(typeof(NodeMetrics))]
[JsonSerializable(typeof(ContainerMetrics))]
[JsonSerializable(typeof(NodeAddress))]
[JsonSerializable(typeof(NodeCondition))]
[JsonSerializable(typeof(PodFailurePodCondition))]
[JsonSerializable(typeof(PodFailurePolicyRule))]
[JsonSerializable(typeof(ScopeRequirement))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
public sealed partial class ResourceJson : JsonSerializerContext;
