using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Security;

/// <summary>Rules of a pod's security context, where it may be set at all.</summary>
internal static class PodSecurityContextRules
{
    private static readonly HashSet<string> Permitted =
        ["runAsUser", "runAsGroup", "runAsNonRoot", "fsGroup", "supplementalGroups", "seccompProfile"];

    public static void Validate(RawJson context, FeaturesConfig features, FieldErrors errors)
    {
        using var document = JsonDocument.Parse(context.Text);
        using var _ = errors.In("securityContext");
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            errors.Invalid(context.Text, "");
            return;
        }
        var isFeatureOn = features.Permits(FeaturesConfig.PodSecurityContext);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!(isFeatureOn ? Permitted.Contains(property.Name) : property.Name == "seccompProfile")) errors.Disallowed(property.Name);
            else if (property.Name is "runAsUser" or "runAsGroup" or "fsGroup") SecurityContextRules.ValidateId(property.Value, property.Name, errors);
            else if (property.Name == "runAsNonRoot") SecurityContextRules.ValidateFlag(property, errors);
            else if (property.Name == "supplementalGroups") ValidateGroups(property.Value, errors);
            else if (property.Name == "seccompProfile") ValidateProfile(property.Value, isFeatureOn, errors);
        }
    }

    private static void ValidateGroups(JsonElement groups, FieldErrors errors)
    {
        if (groups.ValueKind != JsonValueKind.Array)
        {
            errors.Invalid(groups, "supplementalGroups");
            return;
        }
        var at = 0;
        foreach (var group in groups.EnumerateArray()) SecurityContextRules.ValidateId(group, $"supplementalGroups[{at++}]", errors);
    }

    private static void ValidateProfile(JsonElement profile, bool isFeatureOn, FieldErrors errors)
    {
        if (isFeatureOn || profile.ValueKind != JsonValueKind.Object) return;
        foreach (var property in profile.EnumerateObject())
            if (property.Name != "type") errors.Disallowed($"seccompProfile.{property.Name}");
            else if (property.Value.ValueKind != JsonValueKind.String || property.Value.GetString() is not ("RuntimeDefault" or "Unconfined"))
                errors.Invalid(property.Value, "seccompProfile.type");
    }
}
