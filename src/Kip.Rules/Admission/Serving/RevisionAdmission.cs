using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of Revisions: once made, only their labels and annotations may change.</summary>
internal static class RevisionAdmission
{
    public static Revision Default(Revision revision, Revision? old, ServingConfig config)
    {
        if (old is not null) return revision;
        var spec = RevisionSpecDefaults.Apply(revision.Spec, revision.Metadata, config, old: null);
        return ReferenceEquals(spec, revision.Spec) ? revision : revision with { Spec = spec };
    }

    public static void Validate(Revision revision, Revision? old, ServingConfig config, FieldErrors errors)
    {
        using (errors.In("metadata"))
        {
            MetadataRules.ValidateName(revision.Metadata, errors);
            TemplateRules.ValidateAnnotations(revision.Metadata.Annotations, config, errors);
            MetadataRules.ValidateOwnerLabel(revision.Metadata, ServingLabels.Configuration, "Configuration", errors);
        }
        if (old is null)
        {
            using (errors.In("spec")) RevisionSpecRules.Validate(revision.Spec, config, errors);
        }
        else if (revision.Spec != old.Spec)
        {
            errors.Explain("Immutable fields changed (-old +new)", "spec",
                "make a new Revision by changing the Service's or Configuration's template");
        }
    }
}
