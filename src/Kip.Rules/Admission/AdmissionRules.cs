using Kip.Resources;

namespace Kip.Rules.Admission;

/// <summary>Defaulting and validation of every kind, before anything is stored.</summary>
public static class AdmissionRules
{
    /// <summary>The object with the defaults that its kind calls for.</summary>
    public static Resource Default(AdmissionRequest request) => request.Object;

    /// <summary>Everything that is wrong with the object; empty when it may be stored.</summary>
    public static IReadOnlyList<FieldError> Validate(AdmissionRequest request) => [];
}
