using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Rules of a container's security context, which is otherwise kept as it was written.</summary>
internal static class SecurityContextRules
{
    private static readonly HashSet<string> Permitted =
        ["runAsUser", "runAsGroup", "runAsNonRoot", "readOnlyRootFilesystem", "allowPrivilegeEscalation", "seccompProfile", "capabilities",
            "privileged"];

    public static void Validate(RawJson? context, FeaturesConfig features, FieldErrors errors)
    {
        if (context is null) return;
        using var document = JsonDocument.Parse(context.Text);
        using var _ = errors.In("securityContext");
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            errors.Invalid(context.Text, "");
            return;
        }
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!Permitted.Contains(property.Name)) errors.Disallowed(property.Name);
            else if (property.Name == "privileged" && property.Value.ValueKind == JsonValueKind.True) errors.Invalid(true, "privileged");
            else if (property.Name is "runAsUser" or "runAsGroup") ValidateId(property, errors);
            else if (property.Name == "capabilities") ValidateCapabilities(property.Value, features, errors);
        }
    }

    private static void ValidateId(JsonProperty property, FieldErrors errors)
    {
        if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt64(out var id))
            errors.Invalid(property.Value, property.Name);
        else if (id is < 0 or > int.MaxValue) errors.OutOfBounds(id, 0, int.MaxValue, property.Name);
    }

    private static void ValidateCapabilities(JsonElement capabilities, FeaturesConfig features, FieldErrors errors)
    {
        if (capabilities.ValueKind != JsonValueKind.Object) return;
        foreach (var property in capabilities.EnumerateObject())
            if (property.Name != "drop" && !(property.Name == "add" && features.IsEnabled(FeaturesConfig.AddCapabilities)))
                errors.Disallowed($"capabilities.{property.Name}");
    }
}
