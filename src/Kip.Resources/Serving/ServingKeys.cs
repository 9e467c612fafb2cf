namespace Kip.Resources.Serving;

/// <summary>The labels that Knative Serving puts on objects.</summary>
public static class ServingLabels
{
    public const string Service = "serving.knative.dev/service";
    public const string ServiceUid = "serving.knative.dev/serviceUID";
    public const string Configuration = "serving.knative.dev/configuration";
    public const string ConfigurationUid = "serving.knative.dev/configurationUID";

    /// <summary>The Configuration's generation that made the Revision, as a decimal string.</summary>
    public const string ConfigurationGeneration = "serving.knative.dev/configurationGeneration";
    public const string Revision = "serving.knative.dev/revision";
    public const string RevisionUid = "serving.knative.dev/revisionUID";
    public const string Route = "serving.knative.dev/route";
    public const string RouteNamespace = "serving.knative.dev/routeNamespace";

    /// <summary>One of <see cref="RoutingStates"/>, on Revisions.</summary>
    public const string RoutingState = "serving.knative.dev/routingState";

    /// <summary>What a Deployment was last made from: it is rewritten only when this changes.</summary>
    public const string DeploymentHash = "serving.knative.dev/deployment-hash";

    /// <summary>With the value <c>cluster-local</c> on a Service or Route: not reachable from outside.</summary>
    public const string Visibility = "networking.knative.dev/visibility";
    public const string ClusterLocal = "cluster-local";
    public const string App = "app";

    /// <summary>On a DomainMapping's Ingress: whose it is.</summary>
    public const string DomainMappingUid = "serving.knative.dev/domainMappingUID";
    public const string DomainMappingNamespace = "serving.knative.dev/domainMappingNamespace";

    /// <summary>On Certificates: <c>external-domain</c> or <c>cluster-local-domain</c>.</summary>
    public const string CertificateType = "networking.knative.dev/certificate-type";
}

/// <summary>The annotations that Knative Serving reads and writes.</summary>
public static class ServingAnnotations
{
    public const string Creator = "serving.knative.dev/creator";
    public const string LastModifier = "serving.knative.dev/lastModifier";

    /// <summary>The names of the Routes that refer to a Configuration or Revision, sorted, with commas between.</summary>
    public const string Routes = "serving.knative.dev/routes";
    public const string RoutingStateModified = "serving.knative.dev/routingStateModified";
    public const string LastPinned = "serving.knative.dev/lastPinned";
    public const string NoGarbageCollection = "serving.knative.dev/no-gc";
    public const string RolloutDuration = "serving.knative.dev/rollout-duration";
    public const string RolloutDurationAlias = "serving.knative.dev/rolloutDuration";
    public const string ProgressDeadline = "serving.knative.dev/progress-deadline";
    public const string AutoscalingPrefix = "autoscaling.knative.dev/";
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    public const string DefaultContainer = "kubectl.kubernetes.io/default-container";
    public const string IngressClass = "networking.knative.dev/ingress.class";
    public const string IngressClassAlias = "networking.knative.dev/ingress-class";

    /// <summary>On an Ingress: the tag hosts, as a JSON object of arrays.</summary>
    public const string TagToHost = "networking.internal.knative.dev/tag-to-host";

    /// <summary>On an Ingress: the state of its gradual rollout, as JSON.</summary>
    public const string Rollout = "networking.internal.knative.dev/rollout";
    public const string CertificateClass = "networking.knative.dev/certificate.class";
    public const string CertificateClassAlias = "networking.knative.dev/certificate-class";
    public const string DisableAutoTls = "networking.knative.dev/disableAutoTLS";
    public const string DisableAutoTlsAlias = "networking.knative.dev/disable-auto-tls";
    public const string DisableExternalDomainTls = "networking.knative.dev/disable-external-domain-tls";
    public const string HttpOption = "networking.knative.dev/httpOption";
    public const string HttpProtocol = "networking.knative.dev/http-protocol";
}

/// <summary>Whether a Revision is routed to.</summary>
public static class RoutingStates
{
    public const string Pending = "pending";
    public const string Active = "active";
    public const string Reserve = "reserve";
}
