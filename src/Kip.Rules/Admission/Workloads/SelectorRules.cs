using Kip.Resources;
using Kip.Resources.Selectors;

namespace Kip.Rules.Admission.Workloads;

/// <summary>Rules of the selectors by which workloads find their pods.</summary>
internal static class SelectorRules
{
    /// <summary>It is there, can be read, chooses the template's pods, and stays what it was.</summary>
    public static void Validate(LabelSelector? selector, StringMap templateLabels, LabelSelector? old, bool isUpdate, FieldErrors errors)
    {
        if (selector is null || (selector.MatchLabels.IsEmpty && selector.MatchExpressions.IsEmpty))
        {
            errors.RequiredValue("selector");
            return;
        }
        try
        {
            if (!LabelQuery.From(selector).Matches(templateLabels))
                errors.InvalidValue(templateLabels, "template.metadata.labels", "`selector` does not match template `labels`");
        }
        catch (FormatException malformed)
        {
            errors.InvalidValue("", "selector", malformed.Message);
        }
        if (isUpdate && old != selector) errors.InvalidValue(selector.MatchLabels, "selector", "field is immutable");
    }
}
