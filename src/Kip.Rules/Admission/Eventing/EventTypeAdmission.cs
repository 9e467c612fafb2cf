using Kip.Resources.Eventing;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of EventTypes.</summary>
internal static class EventTypeAdmission
{
    private static readonly string[] Needed = ["type", "source", "specversion", "id"];

    public static EventType Default(EventType type)
    {
        var reference = KReferenceRules.Default(type.Spec.Reference, type.Metadata.Namespace);
        return ReferenceEquals(reference, type.Spec.Reference) ? type : type with { Spec = type.Spec with { Reference = reference } };
    }

    public static void Validate(EventType type, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        if (type.Spec.Reference is { } reference)
            using (errors.In("reference")) KReferenceRules.Validate(reference, type.Metadata.Namespace, errors);
        using (errors.In("attributes"))
            foreach (var name in Needed)
                if (!type.Spec.Attributes.Any(a => a.Name == name)) errors.Missing(name);
    }
}
