using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Volumes;

/// <summary>Rules of the sources of volumes that are otherwise kept as they were written.</summary>
internal static class VolumeSourceRules
{
    private static readonly string[] ProjectedKinds = ["secret", "configMap", "serviceAccountToken", "downwardAPI"];

    public static void Validate(Volume volume, FeaturesConfig features, FieldErrors errors)
    {
        Look(volume.EmptyDir, "emptyDir", errors, static (source, e) => EmptyDir(source, e));
        Look(volume.Projected, "projected", errors, static (source, e) => Projected(source, e));
        Look(volume.HostPath, "hostPath", errors, static (source, e) => Require(source, "path", e));
        Look(volume.PersistentVolumeClaim, "persistentVolumeClaim", errors, (source, e) => Claim(source, volume.Name, features, e));
        Look(volume.Csi, "csi", errors, static (source, e) => Require(source, "driver", e));
        Look(volume.Image, "image", errors, static (source, e) => Image(source, e));
    }

    private static void Look(RawJson? source, string field, FieldErrors errors, Action<JsonElement, FieldErrors> rules)
    {
        if (source is null) return;
        using var document = JsonDocument.Parse(source.Text);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            errors.Invalid(source.Text, field);
            return;
        }
        using var _ = errors.In(field);
        rules(document.RootElement, errors);
    }

    private static void EmptyDir(JsonElement source, FieldErrors errors)
    {
        if (source.TryGetProperty("medium", out var medium) && medium.ValueKind != JsonValueKind.Null && Text(medium) is not ("" or "Memory"))
            errors.Invalid(medium, "medium");
        if (!source.TryGetProperty("sizeLimit", out var limit) || limit.ValueKind == JsonValueKind.Null) return;
        if (!Quantity.IsValid(limit.ValueKind == JsonValueKind.Number ? limit.GetRawText() : Text(limit) ?? "")) errors.Invalid(limit, "sizeLimit");
    }

    private static void Projected(JsonElement projected, FieldErrors errors)
    {
        if (!projected.TryGetProperty("sources", out var sources) || sources.ValueKind == JsonValueKind.Null) return;
        if (sources.ValueKind != JsonValueKind.Array)
        {
            errors.Invalid(sources, "sources");
            return;
        }
        var at = 0;
        foreach (var source in sources.EnumerateArray())
        {
            using var _ = errors.In("sources", at++);
            ProjectedSource(source, errors);
        }
    }

    private static void ProjectedSource(JsonElement source, FieldErrors errors)
    {
        if (source.ValueKind != JsonValueKind.Object)
        {
            errors.Invalid(source, "");
            return;
        }
        var stated = new List<string>();
        foreach (var kind in ProjectedKinds)
            if (source.TryGetProperty(kind, out var value) && value.ValueKind != JsonValueKind.Null) stated.Add(kind);
        if (stated.Count == 0) errors.GotNeither(ProjectedKinds);
        if (stated.Count > 1) errors.GotBoth([.. stated]);
        foreach (var property in source.EnumerateObject())
            if (!ProjectedKinds.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null) errors.Disallowed(property.Name);
        foreach (var kind in stated)
        {
            using var _ = errors.In(kind);
            var value = source.GetProperty(kind);
            if (value.ValueKind != JsonValueKind.Object) errors.Invalid(value, "");
            else if (kind == "serviceAccountToken") Require(value, "path", errors);
            else Items(value, kind, errors);
        }
    }

    // Of a ConfigMap or Secret: key and path. Of the pod itself: path, and one field to write there.
    private static void Items(JsonElement source, string kind, FieldErrors errors)
    {
        if (kind != "downwardAPI") Require(source, "name", errors);
        if (!source.TryGetProperty("items", out var items) || items.ValueKind == JsonValueKind.Null) return;
        if (items.ValueKind != JsonValueKind.Array)
        {
            errors.Invalid(items, "items");
            return;
        }
        var at = 0;
        foreach (var item in items.EnumerateArray())
        {
            using var _ = errors.In("items", at++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                errors.Invalid(item, "");
                continue;
            }
            Require(item, "path", errors);
            if (kind != "downwardAPI") Require(item, "key", errors);
            else OneField(item, errors);
        }
    }

    private static void OneField(JsonElement item, FieldErrors errors)
    {
        var hasField = item.TryGetProperty("fieldRef", out var field) && field.ValueKind != JsonValueKind.Null;
        var hasResource = item.TryGetProperty("resourceFieldRef", out var resource) && resource.ValueKind != JsonValueKind.Null;
        if (!hasField && !hasResource) errors.GotNeither("fieldRef", "resourceFieldRef");
        if (hasField && hasResource) errors.GotBoth("fieldRef", "resourceFieldRef");
    }

    private static void Claim(JsonElement source, string volume, FeaturesConfig features, FieldErrors errors)
    {
        Require(source, "claimName", errors);
        var isReadOnly = source.TryGetProperty("readOnly", out var stated) && stated.ValueKind == JsonValueKind.True;
        if (!isReadOnly && !features.IsEnabled(FeaturesConfig.PersistentVolumeWrite))
            errors.Say($"Persistent volume write support is off, but found persistent volume claim {volume} that is not read-only", "readOnly");
    }

    private static void Image(JsonElement source, FieldErrors errors)
    {
        Require(source, "reference", errors);
        if (source.TryGetProperty("pullPolicy", out var policy) && policy.ValueKind != JsonValueKind.Null
            && Text(policy) is not ("" or "Always" or "IfNotPresent" or "Never"))
            errors.Invalid(policy, "pullPolicy");
    }

    private static void Require(JsonElement source, string field, FieldErrors errors)
    {
        if (!source.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null || Text(value) == "") errors.Missing(field);
        else if (value.ValueKind != JsonValueKind.String) errors.Invalid(value, field);
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
