using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Security;

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
            else if (property.Name == "privileged" && property.Value.ValueKind != JsonValueKind.False)
                errors.Invalid(property.Value.ValueKind == JsonValueKind.True ? true : property.Value, "privileged");
            else if (property.Name is "runAsUser" or "runAsGroup") ValidateId(property.Value, property.Name, errors);
            else if (property.Name is "runAsNonRoot" or "readOnlyRootFilesystem" or "allowPrivilegeEscalation") ValidateFlag(property, errors);
            else if (property.Name == "capabilities") ValidateCapabilities(property.Value, features, errors);
        }
    }

    /// <summary>A user's or group's number.</summary>
    internal static void ValidateId(JsonElement value, string field, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null) return;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var id)) errors.Invalid(value, field);
        else if (id is < 0 or > int.MaxValue) errors.OutOfBounds(id, 0, int.MaxValue, field);
    }

    /// <summary>True, false or nothing.</summary>
    internal static void ValidateFlag(JsonProperty property, FieldErrors errors)
    {
        if (property.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null))
            errors.Invalid(property.Value, property.Name);
    }

    private static void ValidateCapabilities(JsonElement capabilities, FeaturesConfig features, FieldErrors errors)
    {
        if (capabilities.ValueKind == JsonValueKind.Null) return;
        if (capabilities.ValueKind != JsonValueKind.Object)
        {
            errors.Invalid(capabilities, "capabilities");
            return;
        }
        foreach (var property in capabilities.EnumerateObject())
        {
            if (property.Name != "drop" && !(property.Name == "add" && MayAdd(property.Value, features)))
                errors.Disallowed($"capabilities.{property.Name}");
            else if (property.Value.ValueKind != JsonValueKind.Array
                || property.Value.EnumerateArray().Any(static c => c.ValueKind != JsonValueKind.String))
                errors.Invalid(property.Value, $"capabilities.{property.Name}");
        }
    }

    // To listen on a port below 1024 is all that secure defaults leave.
    private static bool MayAdd(JsonElement added, FeaturesConfig features) => features.IsEnabled(FeaturesConfig.AddCapabilities)
        || (features.SecurePods != SecurePodDefaults.Disabled && added.ValueKind == JsonValueKind.Array && added.GetArrayLength() == 1
            && added[0].ValueKind == JsonValueKind.String && added[0].GetString() == "NET_BIND_SERVICE");
}
