using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults of a template within a Service or Configuration.</summary>
internal static class TemplateDefaults
{
    public static RevisionTemplateSpec Apply(RevisionTemplateSpec template, RevisionTemplateSpec? old, ObjectMeta owner,
        ServingConfig config)
    {
        // A template that brings its revision's name may not change under that name, not even by new defaults of the platform.
        if (old is not null && template.Metadata.Name.Length > 0
            && template.Metadata.Name == old.Metadata.Name
            && template.Spec == old.Spec)
            return template == old ? old : template;
        var spec = RevisionSpecDefaults.Apply(template.Spec, owner, config, old?.Spec);
        return ReferenceEquals(spec, template.Spec) ? template : template with { Spec = spec };
    }
}
