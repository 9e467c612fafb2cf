using Kip.Resources;
using Kip.Resources.Selectors;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Rules of a revision template within a Service or Configuration.</summary>
internal static class TemplateRules
{
    private static readonly HashSet<string> PermittedNetworkingKeys =
    [
        "networking.knative.dev/ingress.class", "networking.knative.dev/ingress-class",
        "networking.knative.dev/certificate.class", "networking.knative.dev/certificate-class",
        "networking.knative.dev/disableAutoTLS", "networking.knative.dev/disable-auto-tls",
        "networking.knative.dev/disable-external-domain-tls",
        "networking.knative.dev/httpOption", "networking.knative.dev/http-protocol",
    ];

    public static void Validate(RevisionTemplateSpec template, RevisionTemplateSpec? old, ObjectMeta parent, ServingConfig config,
        FieldErrors errors)
    {
        using (errors.In("metadata"))
        {
            ValidateName(template.Metadata, parent, isNew: old is null, errors);
            ValidateAnnotations(template.Metadata.Annotations, config, errors);
            if (old is not null && template.Metadata.Name.Length > 0 && template.Metadata.Name == old.Metadata.Name && template != old)
                errors.Explain("Saw the following changes without a name change (-old +new)", "name",
                    "give the template another name, or none, to make a new Revision");
        }
        using (errors.In("spec")) RevisionSpecRules.Validate(template.Spec, config, errors);
    }

    public static void ValidateAnnotations(StringMap annotations, ServingConfig config, FieldErrors errors)
    {
        if (annotations.IsEmpty) return;
        errors.AddRange(AutoscalingAnnotationRules.Validate(annotations, config.Autoscaler, "annotations"));
        using var scope = errors.In("annotations");
        foreach (var (key, value) in annotations)
        {
            if (key is ServingAnnotations.ProgressDeadline) MetadataRules.ValidateWholeSeconds(key, value, errors);
            else if (key.StartsWith("networking.knative.dev", StringComparison.Ordinal) && !PermittedNetworkingKeys.Contains(key))
                errors.InvalidKey(key, "");
            SidecarAnnotationRules.Validate(key, value, errors);
        }
    }

    private static void ValidateName(ObjectMeta metadata, ObjectMeta parent, bool isNew, FieldErrors errors)
    {
        if (metadata.Name.Length > 0)
        {
            if (NameSyntax.Label1035Error(metadata.Name) is { } wrong) errors.Invalid($"not a DNS 1035 label: [{wrong}]", "name");
            // Nobody can know the prefix of a name that is only being generated.
            if (isNew && parent.GenerateName is { Length: > 0 } prefix && (parent.Name.Length == 0 || parent.Name.StartsWith(prefix, StringComparison.Ordinal)))
                errors.Disallowed("name");
            else if (!metadata.Name.StartsWith(parent.Name + "-", StringComparison.Ordinal))
                errors.Invalid($"\"{metadata.Name}\" must have prefix \"{parent.Name}-\"", "name");
        }
        if (!string.IsNullOrEmpty(metadata.GenerateName)
            && NameSyntax.Label1035Error(metadata.GenerateName.TrimEnd('-')) is { } wrongPrefix)
            errors.Invalid($"not a DNS 1035 label prefix: [{wrongPrefix}]", "generateName");
    }
}
