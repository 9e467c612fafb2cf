using Kip.Resources;
using Kip.Resources.Selectors;
using Kip.Resources.Serving;

namespace Kip.Rules.Admission.Serving;

/// <summary>Names, labels and annotations of Services, Configurations and Routes.</summary>
internal static class MetadataRules
{
    public static void Validate(ObjectMeta metadata, ObjectMeta? old, bool specChanged, FieldErrors errors)
    {
        ValidateName(metadata, errors);
        ValidateUserInfo(metadata, old, specChanged, errors);
        using var _ = errors.In("annotations");
        foreach (var (key, value) in metadata.Annotations)
        {
            if (key.StartsWith(ServingAnnotations.AutoscalingPrefix, StringComparison.Ordinal))
                errors.InvalidKey(key, "", "autoscaling annotations must be put under \"spec.template.metadata.annotations\" to work");
            else if (key is ServingAnnotations.RolloutDuration or ServingAnnotations.RolloutDurationAlias)
                ValidateWholeSeconds(key, value, errors);
            else ValidateNetworking(key, value, errors);
        }
    }

    /// <summary>Upstream finds a wrong one while it reconciles, and goes on failing or without it; here whoever writes it is told.</summary>
    public static void ValidateNetworking(string key, string value, FieldErrors errors)
    {
        if (key is (ServingAnnotations.DisableAutoTls or ServingAnnotations.DisableAutoTlsAlias or ServingAnnotations.DisableExternalDomainTls)
            && GoBool.Parse(value) is null)
            errors.Invalid(value, key, "must be true or false");
        if (key is (ServingAnnotations.HttpOption or ServingAnnotations.HttpProtocol)
            && !value.Equals("enabled", StringComparison.OrdinalIgnoreCase) && !value.Equals("redirected", StringComparison.OrdinalIgnoreCase))
            errors.Say($"incorrect http-protocol annotation: {value}", key);
    }

    public static void ValidateName(ObjectMeta metadata, FieldErrors errors)
    {
        if (metadata.Name.Length > 0)
        {
            if (NameSyntax.Label1035Error(metadata.Name) is { } wrong) errors.Say($"not a DNS 1035 label: [{wrong}]", "name");
        }
        else if (string.IsNullOrEmpty(metadata.GenerateName)) errors.Say("name or generateName is required", "name");
        else if (NameSyntax.Label1035Error(metadata.GenerateName.TrimEnd('-')) is { } wrongPrefix)
            errors.Say($"not a DNS 1035 label prefix: [{wrongPrefix}]", "generateName");
    }

    /// <summary>A label that names the owner must tell the truth, or a foreign object could slip into somebody's Service.</summary>
    public static void ValidateOwnerLabel(ObjectMeta metadata, string label, string ownerKind, FieldErrors errors)
    {
        if (metadata.Labels.Get(label) is not { } stated) return;
        foreach (var owner in metadata.OwnerReferences)
            if (owner.Kind == ownerKind && owner.Name == stated) return;
        errors.Missing($"labels.{label}");
    }

    public static void ValidateWholeSeconds(string key, string value, FieldErrors errors)
    {
        if (!GoDuration.TryParse(value, out var duration)) errors.Invalid(value, key);
        else if (duration < TimeSpan.Zero) errors.Say($"{key}={value} must be positive", key);
        else if (duration.Ticks % TimeSpan.TicksPerSecond != 0) errors.Say($"{key}={value} is not at second precision", key);
    }

    public static void ValidateUserInfo(ObjectMeta metadata, ObjectMeta? old, bool specChanged, FieldErrors errors)
    {
        if (old is null) return;
        using var _ = errors.In("annotations");
        var annotations = metadata.Annotations;
        if (old.Annotations.Get(ServingAnnotations.Creator) is { } creator && annotations.Get(ServingAnnotations.Creator) != creator)
            errors.Say("annotation value is immutable", ServingAnnotations.Creator);
        if (!specChanged && metadata.OwnerReferences.IsEmpty && old.Annotations.Get(ServingAnnotations.LastModifier) is { } modifier
            && annotations.Get(ServingAnnotations.LastModifier) != modifier)
            errors.Invalid(annotations.Get(ServingAnnotations.LastModifier), ServingAnnotations.LastModifier);
    }
}
