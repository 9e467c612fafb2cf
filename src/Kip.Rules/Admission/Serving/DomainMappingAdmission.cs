using Kip.Resources.Serving;
using Kip.Rules.Names;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving;

/// <summary>Defaults and rules of DomainMappings.</summary>
internal static class DomainMappingAdmission
{
    public static DomainMapping Default(DomainMapping mapping, DomainMapping? old, string user)
    {
        var reference = KReferenceRules.Default(mapping.Spec.Ref, mapping.Metadata.Namespace);
        if (!ReferenceEquals(reference, mapping.Spec.Ref)) mapping = mapping with { Spec = mapping.Spec with { Ref = reference } };
        var metadata = UserAnnotations.Stamp(mapping.Metadata, old?.Metadata, specChanged: old is null || mapping.Spec != old.Spec, user);
        return ReferenceEquals(metadata, mapping.Metadata) ? mapping : mapping with { Metadata = metadata };
    }

    public static void Validate(DomainMapping mapping, DomainMapping? old, FieldErrors errors)
    {
        using (errors.In("metadata"))
        {
            if (old is null) ValidateName(mapping, errors);
            using (errors.In("annotations"))
                foreach (var (key, value) in mapping.Metadata.Annotations) MetadataRules.ValidateNetworking(key, value, errors);
            MetadataRules.ValidateUserInfo(mapping.Metadata, old?.Metadata, old is null || mapping.Spec != old.Spec, errors);
        }
        using var _ = errors.In("spec");
        using (errors.In("ref"))
        {
            if (mapping.Spec.Ref is { } reference) KReferenceRules.Validate(reference, mapping.Metadata.Namespace, errors);
            else errors.Missing("name", "apiVersion", "kind");
        }
        if (mapping.Spec.Tls is { SecretName: null or "" }) errors.Missing("tls.secretName");
    }

    private static void ValidateName(DomainMapping mapping, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(mapping.Metadata.GenerateName)) errors.Disallowed("generateName");
        var name = mapping.Metadata.Name;
        if (DnsNames.CheckDomain(name) is { } wrong) errors.Say($"invalid name: name: Invalid value: \"{name}\": {wrong}", "name");
        if (name.EndsWith("." + NetworkConfig.ClusterDomain, StringComparison.Ordinal))
            errors.Say(
                $"invalid name \"{name}\": must not be a subdomain of cluster local domain \"{NetworkConfig.ClusterDomain}\"", "name");
    }
}
