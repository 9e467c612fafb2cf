using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Names;

namespace Kip.Rules.Admission.Core;

/// <summary>Rules of the metadata of every kind.</summary>
internal static class MetadataRules
{
    private const int LargestAnnotations = 256 * 1024;

    public static void Validate(Resource resource, FieldErrors errors)
    {
        using var _ = errors.In("metadata");
        var metadata = resource.Metadata;
        // The kinds of Serving check their own names, in Knative's words.
        if (!resource.GetDefinition().Group.EndsWith("knative.dev", StringComparison.Ordinal)) ValidateName(resource, errors);
        else if (metadata.Name.Length > 0 && DnsNames.CheckDns1123Subdomain(metadata.Name) is { } wrong) errors.Invalid(metadata.Name, "name", wrong);
        foreach (var (key, value) in metadata.Labels)
        {
            if (QualifiedNames.CheckKey(key) is { } wrongKey) errors.InvalidValue(key, "labels", wrongKey);
            if (QualifiedNames.CheckValue(value) is { } wrongValue) errors.InvalidValue(value, "labels", wrongValue);
        }
        var size = 0L;
        foreach (var (key, value) in metadata.Annotations)
        {
            size += key.Length + value.Length;
            if (QualifiedNames.CheckKey(key.ToLowerInvariant()) is { } wrongKey) errors.InvalidValue(key, "annotations", wrongKey);
        }
        if (size > LargestAnnotations) errors.Say($"Too long: may not be more than {LargestAnnotations} bytes", "annotations");
    }

    private static void ValidateName(Resource resource, FieldErrors errors)
    {
        var metadata = resource.Metadata;
        if (metadata.Name.Length == 0)
        {
            if (string.IsNullOrEmpty(metadata.GenerateName)) errors.RequiredValue("name", "name or generateName is required");
            return;
        }
        var wrong = resource switch
        {
            Namespace => DnsNames.CheckDns1123Label(metadata.Name),
            Service => DnsNames.CheckDns1035Label(metadata.Name),
            _ => DnsNames.CheckDns1123Subdomain(metadata.Name),
        };
        if (wrong is not null) errors.InvalidValue(metadata.Name, "name", wrong);
    }
}
