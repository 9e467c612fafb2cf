using System.Runtime.CompilerServices;
using Kip.Resources;
using Kip.Resources.AdmissionRegistration;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Certificates;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Resources.Eventing;
using Kip.Rules.Access;
using Kip.Rules.Admission.Core;
using Kip.Rules.Admission.Eventing;
using Kip.Rules.Admission.Serving;
using Kip.Rules.Admission.Webhooks;
using Kip.Rules.Admission.Workloads;
using Kip.Rules.Admission.Serving.Security;
using Kip.Rules.Eventing.Configs;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Configs;
using KnativeService = Kip.Resources.Serving.Service;
using Service = Kip.Resources.Core.Service;

namespace Kip.Rules.Admission;

/// <summary>Defaulting and validation of every kind, before anything is stored.</summary>
/// <remarks>
/// What holds for all kinds alike (names, labels, owners) and what the API server itself keeps (Namespaces, Secrets) is the registry's.
/// </remarks>
public static class AdmissionRules
{
    /// <summary>The object with the defaults that its kind calls for; the very object when there is nothing to add.</summary>
    public static Resource Default(AdmissionRequest request)
    {
        // A status or a scale is somebody's observation or decision; the rest of the object is as it was.
        if (request.Subresource is not null) return request.Object;
        return request.Object switch
        {
            KnativeService service => ServiceAdmission.Default(service, request.Old as KnativeService, ConfigOf(request), request.User),
            Configuration configuration =>
                ConfigurationAdmission.Default(configuration, request.Old as Configuration, ConfigOf(request), request.User),
            Revision revision => RevisionAdmission.Default(revision, request.Old as Revision, ConfigOf(request)),
            Route route => RouteAdmission.Default(route, request.Old as Route, request.User),
            DomainMapping mapping => DomainMappingAdmission.Default(mapping, request.Old as DomainMapping, request.User),
            PodAutoscaler autoscaler => PodAutoscalerAdmission.Default(autoscaler, request.Config),
            Ingress ingress => IngressAdmission.Default(ingress),
            Deployment deployment => DeploymentAdmission.Default(deployment),
            Pod pod => PodAdmission.Default(pod),
            Service service => CoreServiceAdmission.Default(service),
            MutatingWebhookConfiguration hooks =>
                hooks with { Webhooks = hooks.Webhooks.Select(static hook => WebhookRules.Default(hook, mutating: true)).ToValueList() },
            ValidatingWebhookConfiguration hooks =>
                hooks with { Webhooks = hooks.Webhooks.Select(static hook => WebhookRules.Default(hook, mutating: false)).ToValueList() },
            CertificateSigningRequest asked =>
                SigningRequestAdmission.Default(asked, request.Old as CertificateSigningRequest, request.Requester),
            var other when RbacAdmission.Knows(other) => RbacAdmission.Default(other),
            var other when EventingAdmission.Knows(other) => EventingAdmission.Default(request),
            var other when WorkloadAdmission.Knows(other) => WorkloadAdmission.Default(request),
            var other => other,
        };
    }

    /// <summary>Everything that is wrong with the object; empty when it may be stored.</summary>
    public static IReadOnlyList<FieldError> Validate(AdmissionRequest request)
    {
        var errors = new FieldErrors();
        if (request.Subresource == "status") return [];
        // An object on its way out is only changed to let it go.
        if (request.Old?.Metadata.DeletionTimestamp is null) ValidateKind(request, errors);
        return errors.Found;
    }

    private static void ValidateKind(AdmissionRequest request, FieldErrors errors)
    {
        switch (request.Object)
        {
            case KnativeService service:
                ServiceAdmission.Validate(service, request.Old as KnativeService, ConfigOf(request), errors);
                break;
            case Configuration configuration:
                ConfigurationAdmission.Validate(configuration, request.Old as Configuration, ConfigOf(request), errors);
                break;
            case Revision revision: RevisionAdmission.Validate(revision, request.Old as Revision, ConfigOf(request), errors); break;
            case Route route: RouteAdmission.Validate(route, request.Old as Route, errors); break;
            case DomainMapping mapping: DomainMappingAdmission.Validate(mapping, request.Old as DomainMapping, errors); break;
            case Certificate certificate: CertificateAdmission.Validate(certificate, errors); break;
            case ClusterDomainClaim claim: CertificateAdmission.Validate(claim, errors); break;
            case PodAutoscaler autoscaler: PodAutoscalerAdmission.Validate(autoscaler, errors); break;
            case Ingress ingress: IngressAdmission.Validate(ingress, errors); break;
            case Deployment deployment: DeploymentAdmission.Validate(deployment, request.Old as Deployment, errors); break;
            case Pod pod: PodAdmission.Validate(pod, request.Old as Pod, errors); break;
            case Service service: CoreServiceAdmission.Validate(service, errors); break;
            case IWebhookConfiguration hooks: WebhookRules.Validate(hooks.Webhooks, errors); break;
            case ConfigMap map: ValidateConfigMap(map, errors); break;
            case CertificateSigningRequest asked: SigningRequestAdmission.Validate(asked, errors); break;
            case var other when RbacAdmission.Knows(other): RbacAdmission.Validate(other, request.Old, errors); break;
            case var other when EventingAdmission.Knows(other): EventingAdmission.Validate(request, errors); break;
            case var other when WorkloadAdmission.Knows(other): WorkloadAdmission.Validate(request, errors); break;
        }
    }

    // The platform's own settings are read before they are stored: a mistake is told to whoever makes it, not to a log.
    private static void ValidateConfigMap(ConfigMap map, FieldErrors errors)
    {
        if (map.Metadata.Namespace == EventingNames.SystemNamespace)
            errors.AddRange(EventingConfig.Validate(map.Metadata.Name, map.Data));
        if (map.Metadata.Namespace != PlatformConfig.SystemNamespace) return;
        errors.AddRange(ExampleChecksum.Check(map));
        errors.AddRange(ServingConfig.Validate(map.Metadata.Name, map.Data));
        if (map.Metadata.Name == AutoscalerConfig.MapName && !AutoscalerConfig.TryParse(map.Data, out _, out var wrong))
            errors.AddRange(wrong);
    }

    /// <summary>What whoever writes the object should know although it may be stored: one sentence each.</summary>
    public static IEnumerable<string> Warnings(AdmissionRequest request) => request switch
    {
        { Subresource: not null } => [],
        { Object: ConfigMap { Metadata.Namespace: PlatformConfig.SystemNamespace } map } => ConfigKeys.Warnings(map.Metadata.Name, map.Data),
        { Object: KnativeService service } when service.Spec != (request.Old as KnativeService)?.Spec =>
            TemplateWarnings(service.Spec.Template, request),
        { Object: Configuration { Metadata.OwnerReferences.IsEmpty: true } configuration }
            when configuration.Spec != (request.Old as Configuration)?.Spec =>
            TemplateWarnings(configuration.Spec.Template, request),
        _ => [],
    };

    private static IEnumerable<string> TemplateWarnings(RevisionTemplateSpec template, AdmissionRequest request) =>
        SecurityWarnings.Of(template.Spec, "spec.template.spec", FeaturesOf(request)).Concat(SidecarAnnotationRules.Warnings(template.Metadata.Annotations));

    private static FeaturesConfig FeaturesOf(AdmissionRequest request) => new(request.Config[FeaturesConfig.MapName]);

    // One configuration serves many writes; it is read once. Only what defaulting and validation ask for: no domain and network templates.
    private static ServingConfig ConfigOf(AdmissionRequest request) => Configs.GetValue(request.Config, static platform => new ServingConfig
    {
        Defaults = DefaultsConfig.Parse(platform[DefaultsConfig.MapName], out _),
        Features = new FeaturesConfig(platform[FeaturesConfig.MapName]),
        Autoscaler = AutoscalerConfig.Of(platform),
        Platform = platform,
    });

    private static readonly ConditionalWeakTable<PlatformConfig, ServingConfig> Configs = [];
}
