using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of Configurations.</summary>
internal static class ConfigurationAdmission
{
    /// <summary>The Configuration as it would be stored in place of another, whoever asks.</summary>
    public static Configuration Default(Configuration configuration, ServingConfig config, Configuration old)
    {
        var spec = RevisionSpecDefaults.Apply(configuration.Spec.Template.Spec, configuration.Metadata, config,
            old.Spec.Template.Spec);
        return ReferenceEquals(spec, configuration.Spec.Template.Spec)
            ? configuration
            : configuration with { Spec = configuration.Spec with { Template = configuration.Spec.Template with { Spec = spec } } };
    }

    public static Configuration Default(Configuration configuration, Configuration? old, ServingConfig config, string user)
    {
        var template = TemplateDefaults.Apply(configuration.Spec.Template, old?.Spec.Template, configuration.Metadata, config);
        if (!ReferenceEquals(template, configuration.Spec.Template))
            configuration = configuration with { Spec = configuration.Spec with { Template = template } };
        // A Configuration of a Service says who changed the Service.
        if (!configuration.Metadata.OwnerReferences.IsEmpty) return configuration;
        var specChanged = old is null || configuration.Spec != old.Spec;
        var metadata = UserAnnotations.Stamp(configuration.Metadata, old?.Metadata, specChanged, user);
        return ReferenceEquals(metadata, configuration.Metadata) ? configuration : configuration with { Metadata = metadata };
    }

    public static void Validate(Configuration configuration, Configuration? old, ServingConfig config, FieldErrors errors)
    {
        var specChanged = old is null || configuration.Spec != old.Spec;
        using (errors.In("metadata"))
        {
            MetadataRules.Validate(configuration.Metadata, old?.Metadata, specChanged, errors);
            MetadataRules.ValidateOwnerLabel(configuration.Metadata, ServingLabels.Service, "Service", errors);
        }
        if (!specChanged) return;
        using (errors.In("spec")) using (errors.In("template"))
            TemplateRules.Validate(configuration.Spec.Template, old?.Spec.Template, configuration.Metadata, config, errors);
    }
}
