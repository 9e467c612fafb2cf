using System.Text;
using Kip.ApiServer.Registry.Deletion;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Selectors;
using Kip.Rules.Admission;

namespace Kip.ApiServer.Registry.Metadata;

/// <summary>What an object's metadata may be: names, labels, annotations, owners, finalizers. Kubernetes' rules and words.</summary>
internal static class MetadataValidation
{
    private const int MaxAnnotationsBytes = 256 * 1024;

    public static IEnumerable<FieldError> Validate(KindDefinition kind, ObjectMeta meta) =>
    [
        .. Name(kind, meta),
        .. Namespace(kind, meta),
        .. Labels("metadata.labels", meta.Labels),
        .. Annotations(meta.Annotations),
        .. Owners(meta.OwnerReferences),
        .. Finalizers(meta.Finalizers),
    ];

    public static FieldError Invalid(string field, string value, string why) => new(field, "FieldValueInvalid", $"Invalid value: \"{value}\": {why}");

    public static FieldError Required(string field, string why = "") =>
        new(field, "FieldValueRequired", why.Length == 0 ? "Required value" : $"Required value: {why}");

    public static FieldError Forbidden(string field, string why) => new(field, "FieldValueForbidden", $"Forbidden: {why}");

    public static FieldError TooLong(string field, int limit) => new(field, "FieldValueTooLong", $"Too long: may not be more than {limit} bytes");

    private static IEnumerable<FieldError> Name(KindDefinition kind, ObjectMeta meta)
    {
        // A prefix may end in a dash: the suffix follows it.
        if (meta.GenerateName is { Length: > 0 } prefix && NameError(kind, prefix.TrimEnd('-', '.') is { Length: > 0 } stem ? stem : prefix) is { } bad)
            yield return Invalid("metadata.generateName", prefix, bad);
        if (meta.Name.Length == 0) yield return Required("metadata.name", "name or generateName is required");
        else if (NameError(kind, meta.Name) is { } error) yield return Invalid("metadata.name", meta.Name, error);
    }

    private static string? NameError(KindDefinition kind, string name) =>
        kind == Resources.Core.Namespace.Definition ? NameSyntax.LabelError(name)
        : kind == Service.Definition ? NameSyntax.Label1035Error(name)
        : kind.Group == Resources.Rbac.RbacNames.Group ? SegmentError(name)
        : NameSyntax.SubdomainError(name);

    // Roles and bindings may be called anything that can stand in a path: system:basic-user.
    private static string? SegmentError(string name) =>
        name is "." or ".." ? $"may not be '{name}'"
        : name.Contains('/') ? "may not contain '/'"
        : name.Contains('%') ? "may not contain '%'"
        : null;

    private static IEnumerable<FieldError> Namespace(KindDefinition kind, ObjectMeta meta)
    {
        if (!kind.Namespaced && meta.Namespace.Length > 0) yield return Forbidden("metadata.namespace", "not allowed on this type");
        if (kind.Namespaced && meta.Namespace.Length == 0) yield return Required("metadata.namespace");
        if (kind.Namespaced && meta.Namespace.Length > 0 && NameSyntax.LabelError(meta.Namespace) is { } error)
            yield return Invalid("metadata.namespace", meta.Namespace, error);
    }

    private static IEnumerable<FieldError> Labels(string field, StringMap labels)
    {
        foreach (var (key, value) in labels.AsSpan().ToArray())
        {
            if (LabelSyntax.KeyError(key) is { } badKey) yield return Invalid(field, key, badKey);
            if (LabelSyntax.ValueError(value) is { } badValue) yield return Invalid(field, value, badValue);
        }
    }

    private static IEnumerable<FieldError> Annotations(StringMap annotations)
    {
        long bytes = 0;
        foreach (var (key, value) in annotations.AsSpan().ToArray())
        {
            // Annotation keys may have capitals in their prefix, which is why Kubernetes lowers them first.
            if (LabelSyntax.KeyError(key.ToLowerInvariant()) is { } error) yield return Invalid("metadata.annotations", key, error);
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }
        if (bytes > MaxAnnotationsBytes) yield return TooLong("metadata.annotations", MaxAnnotationsBytes);
    }

    private static IEnumerable<FieldError> Owners(ValueList<OwnerReference> owners)
    {
        string? controller = null;
        for (var i = 0; i < owners.Count; i++)
        {
            var (field, owner) = ($"metadata.ownerReferences[{i}]", owners[i]);
            if (owner.ApiVersion.Length == 0) yield return Invalid($"{field}.apiVersion", "", "version must not be empty");
            if (owner.Kind.Length == 0) yield return Invalid($"{field}.kind", "", "must not be empty");
            if (owner.Name.Length == 0) yield return Invalid($"{field}.name", "", "must not be empty");
            if (owner.Uid.Length == 0) yield return Invalid($"{field}.uid", "", "must not be empty");
            if (owner.Controller != true) continue;
            if (controller is not null)
                yield return Invalid("metadata.ownerReferences", "",
                    $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {owner.Name}");
            controller = owner.Name;
        }
    }

    private static IEnumerable<FieldError> Finalizers(ValueList<string> finalizers)
    {
        for (var i = 0; i < finalizers.Count; i++)
            if (LabelSyntax.KeyError(finalizers[i]) is { } error) yield return Invalid($"metadata.finalizers[{i}]", finalizers[i], error);
        if (finalizers.Contains(Deletion.Finalizers.Orphan) && finalizers.Contains(Deletion.Finalizers.Foreground))
            yield return Invalid("metadata.finalizers", string.Join(",", finalizers.AsSpan().ToArray()),
                $"finalizer {Deletion.Finalizers.Orphan} and {Deletion.Finalizers.Foreground} cannot be both set");
    }
}
