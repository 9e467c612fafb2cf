using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Rules.Admission.Eventing;

/// <summary>The annotation that says what becomes of undelivered events on deletion.</summary>
internal static class DeletionRules
{
    public static void Validate(StringMap annotations, FieldErrors errors)
    {
        if (annotations.Get(EventingAnnotations.Deletion) is { } policy and not (DeletionPolicies.Drain or DeletionPolicies.Drop))
            errors.Invalid(policy, EventingAnnotations.Deletion, $"expected either '{DeletionPolicies.Drain}' or '{DeletionPolicies.Drop}'");
    }
}
