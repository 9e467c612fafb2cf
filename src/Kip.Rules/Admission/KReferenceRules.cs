using Kip.Resources;

namespace Kip.Rules.Admission;

/// <summary>Rules of references to an object by kind and name.</summary>
public static class KReferenceRules
{
    /// <summary>The reference with its namespace filled in; null stays null.</summary>
    public static KReference? Default(KReference? reference, string @namespace) =>
        reference is { Namespace: null or "" } && @namespace.Length > 0 ? reference with { Namespace = @namespace } : reference;

    /// <summary>Name, kind and API version must be there, and the namespace must be the object's own.</summary>
    /// <param name="parentNamespace">The namespace of the object that refers; empty where any namespace may be named.</param>
    /// <param name="allowGroup">Whether a group may stand in for the API version.</param>
    public static void Validate(KReference reference, string parentNamespace, FieldErrors errors, bool allowGroup = false)
    {
        if (string.IsNullOrEmpty(reference.Name)) errors.Missing("name");
        ValidateVersion(reference, errors, allowGroup);
        if (string.IsNullOrEmpty(reference.Kind)) errors.Missing("kind");
        if (reference.Namespace is { Length: > 0 } stated && parentNamespace.Length > 0 && stated != parentNamespace)
            errors.Explain("mismatched namespaces", "namespace", $"parent namespace: \"{parentNamespace}\" does not match ref: \"{stated}\"");
    }

    private static void ValidateVersion(KReference reference, FieldErrors errors, bool allowGroup)
    {
        var (version, group) = (reference.ApiVersion ?? "", reference.Group ?? "");
        if (!allowGroup)
        {
            if (version.Length == 0) errors.Missing("apiVersion");
            if (group.Length > 0) errors.Disallowed("group");
        }
        else if (version.Length == 0 && group.Length == 0) errors.Missing("apiVersion", "group");
        else if (version.Length > 0 && group.Length > 0 && !version.StartsWith(group + "/", StringComparison.Ordinal))
            errors.Say("both apiVersion and group are specified and they refer to different API groups", "apiVersion", "group");
    }
}
