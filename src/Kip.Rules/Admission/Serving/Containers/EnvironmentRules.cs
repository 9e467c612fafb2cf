using Kip.Resources.Core;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Containers;

/// <summary>Rules of a container's environment.</summary>
internal static class EnvironmentRules
{
    public static void Validate(Container container, ContainerRole role, FeaturesConfig features, FieldErrors errors)
    {
        for (var i = 0; i < container.Env.Count; i++)
        {
            using var _ = errors.In("env", i);
            ValidateOne(container.Env[i], role, features, errors);
        }
        for (var i = 0; i < container.EnvFrom.Count; i++)
        {
            using var _ = errors.In("envFrom", i);
            var source = container.EnvFrom[i];
            if (source.ConfigMapRef is null && source.SecretRef is null) errors.GotNeither("configMapRef", "secretRef");
            if (source.ConfigMapRef is not null && source.SecretRef is not null) errors.GotBoth("configMapRef", "secretRef");
            if (source.ConfigMapRef is { Name: null or "" }) errors.Missing("configMapRef.name");
            if (source.SecretRef is { Name: null or "" }) errors.Missing("secretRef.name");
        }
    }

    private static void ValidateOne(EnvVar variable, ContainerRole role, FeaturesConfig features, FieldErrors errors)
    {
        if (variable.Name.Length == 0) errors.Missing("name");
        else if (variable.Name is "K_SERVICE" or "K_CONFIGURATION" or "K_REVISION"
            || (variable.Name == "PORT" && role == ContainerRole.Serving))
            errors.Say($"\"{variable.Name}\" is a reserved environment variable", "name");
        if (variable.ValueFrom is not { } from) return;
        using var _ = errors.In("valueFrom");
        ValidateKey("configMapKeyRef", from.ConfigMapKeyRef, errors);
        ValidateKey("secretKeyRef", from.SecretKeyRef, errors);
        if (features.Permits(FeaturesConfig.FieldRef)) return;
        if (from.FieldRef is not null) errors.Disallowed("fieldRef");
        if (from.ResourceFieldRef is not null) errors.Disallowed("resourceFieldRef");
    }

    private static void ValidateKey(string field, KeySelector? selector, FieldErrors errors)
    {
        if (selector is null) return;
        if (string.IsNullOrEmpty(selector.Name)) errors.Missing($"{field}.name");
        if (selector.Key.Length == 0) errors.Missing($"{field}.key");
    }
}
