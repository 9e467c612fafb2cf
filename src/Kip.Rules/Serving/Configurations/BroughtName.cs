using System.Globalization;
using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Rules.Serving.Configurations;

/// <summary>Revision names that the template brings along instead of letting them be numbered.</summary>
public static class BroughtName
{
    /// <summary>
    /// Whether a Configuration may use the name its template asks for: nobody has it, or this Configuration does, for this generation or
    /// for the same spec. The last makes a rollback possible: an old template under its old name finds the old Revision.
    /// </summary>
    public static bool IsFree(RevisionTemplateSpec template, Configuration configuration, Revision? named)
    {
        if (template.Metadata.Name.Length == 0 || named is null) return true;
        if (!named.IsControlledBy(configuration)) return false;
        return RevisionGeneration.Of(named) == configuration.Metadata.Generation || named.Spec == template.Spec;
    }
}

/// <summary>Which generation of its Configuration a Revision was made for.</summary>
public static class RevisionGeneration
{
    /// <summary>The label's number; 0 when it has none.</summary>
    public static long Of(Revision revision) =>
        long.TryParse(revision.Metadata.Labels.Get(ServingLabels.ConfigurationGeneration), NumberStyles.None, CultureInfo.InvariantCulture,
            out var generation)
            ? generation
            : 0;
}
