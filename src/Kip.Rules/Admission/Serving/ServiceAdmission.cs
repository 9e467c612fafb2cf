using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of Services.</summary>
internal static class ServiceAdmission
{
    public static Service Default(Service service, Service? old, ServingConfig config, string user)
    {
        var template = TemplateDefaults.Apply(service.Spec.Template, old?.Spec.Template, service.Metadata, config);
        var traffic = TrafficAdmission.Default(service.Spec.Traffic, isService: true);
        if (!ReferenceEquals(template, service.Spec.Template) || traffic != service.Spec.Traffic)
            service = service with { Spec = service.Spec with { Template = template, Traffic = traffic } };
        var metadata = UserAnnotations.Stamp(service.Metadata, old?.Metadata, specChanged: old is null || service.Spec != old.Spec, user);
        return ReferenceEquals(metadata, service.Metadata) ? service : service with { Metadata = metadata };
    }

    public static void Validate(Service service, Service? old, ServingConfig config, FieldErrors errors)
    {
        var specChanged = old is null || service.Spec != old.Spec;
        using (errors.In("metadata")) MetadataRules.Validate(service.Metadata, old?.Metadata, specChanged, errors);
        // What was stored once stays valid: a stricter ConfigMap must not stop a change of labels.
        if (!specChanged) return;
        using (errors.In("spec"))
        {
            using (errors.In("template"))
                TemplateRules.Validate(service.Spec.Template, old?.Spec.Template, service.Metadata, config, errors);
            TrafficAdmission.Validate(service.Spec.Traffic, isService: true, errors);
        }
    }
}
