using Kip.Resources;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>
/// The annotations that give Knative's sidecar its resources. There is no sidecar here: they are checked, for the day the manifest goes
/// elsewhere, and whoever sets them is told that they change nothing.
/// </summary>
internal static class SidecarAnnotationRules
{
    private const string Prefix = "queue.sidecar.serving.knative.dev/";

    public static void Validate(string key, string value, FieldErrors errors)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal)) return;
        switch (key[Prefix.Length..])
        {
            case "resource-percentage" or "resourcePercentage":
                if (!AutoscalingAnnotations.TryNumber(value, out var percent)) errors.Invalid(value, key);
                else if (percent is < 0.1 or > 100) errors.OutOfBounds(value, "0.1", "100", key);
                break;
            case "cpu-resource-request" or "cpu-resource-limit" or "memory-resource-request" or "memory-resource-limit"
                or "ephemeral-storage-resource-request" or "ephemeral-storage-resource-limit":
                if (!Quantity.IsValid(value)) errors.Invalid(value, key);
                break;
        }
    }

    public static IEnumerable<string> Warnings(StringMap annotations)
    {
        foreach (var key in annotations.Keys)
            if (key.StartsWith(Prefix, StringComparison.Ordinal)) yield return $"\"{key}\" has no effect: this platform has no sidecar";
    }
}
