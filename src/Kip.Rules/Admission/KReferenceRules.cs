using Kip.Resources;

namespace Kip.Rules.Admission;

/// <summary>Rules of references to an object by kind and name.</summary>
public static class KReferenceRules
{
    /// <summary>The reference with its namespace filled in; null stays null.</summary>
    public static KReference? Default(KReference? reference, string @namespace) =>
        reference is { Namespace: null or "" } && @namespace.Length > 0 ? reference with { Namespace = @namespace } : reference;

    /// <summary>Name, kind and API version must be there, and the namespace must be the object's own.</summary>
    /// <param name="parentNamespace">The namespace of the object that refers.</param>
    public static void Validate(KReference reference, string parentNamespace, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(reference.Name)) errors.Missing("name");
        if (string.IsNullOrEmpty(reference.ApiVersion)) errors.Missing("apiVersion");
        if (!string.IsNullOrEmpty(reference.Group)) errors.Disallowed("group");
        if (string.IsNullOrEmpty(reference.Kind)) errors.Missing("kind");
        if (reference.Namespace is { Length: > 0 } stated && parentNamespace.Length > 0 && stated != parentNamespace)
            errors.Say($"mismatched namespaces: parent namespace: \"{parentNamespace}\" does not match ref: \"{stated}\"", "namespace");
    }
}
